/**
 * The panel's words for colours and distances, all taken from the theme (`--vscode-*`), set once on the
 * root element and inherited by every shadow root. Colour never carries meaning alone: each use has a
 * sign, a glyph or a word beside it. Where a theme lacks a colour the fallback is a system colour.
 */
import { css } from 'lit';

export const tokens = css`
  :host {
    --sw-fg: var(--vscode-foreground, CanvasText);
    --sw-bright: var(--vscode-editor-foreground, var(--sw-fg));
    --sw-muted: var(--vscode-descriptionForeground, var(--sw-fg));
    --sw-canvas: var(--vscode-editor-background, Canvas);
    --sw-raised: var(--vscode-editorWidget-background, var(--sw-canvas));
    --sw-border: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
    --sw-line: var(--vscode-contrastBorder, var(--vscode-panel-border, transparent));
    --sw-hover: var(--vscode-list-hoverBackground, transparent);
    --sw-selected: var(--vscode-list-inactiveSelectionBackground, transparent);
    --sw-band: var(--vscode-list-inactiveSelectionBackground, var(--sw-track));
    --sw-focus: var(--vscode-focusBorder, Highlight);
    --sw-link: var(--vscode-textLink-foreground, LinkText);
    --sw-generator: var(--vscode-charts-blue, var(--sw-link));
    --sw-discriminator: var(--vscode-charts-orange, var(--sw-fg));
    --sw-good: var(--vscode-charts-green, var(--sw-fg));
    --sw-bad: var(--vscode-charts-red, var(--sw-fg));
    --sw-warn: var(--vscode-editorWarning-foreground, var(--vscode-charts-yellow, var(--sw-fg)));
    --sw-info: var(--vscode-editorInfo-foreground, var(--vscode-charts-blue, var(--sw-fg)));
    --sw-progress: var(--vscode-progressBar-background, var(--sw-link));
    --sw-track: var(--vscode-scrollbarSlider-background, var(--sw-line));
    --sw-mono: var(--vscode-editor-font-family, ui-monospace, monospace);
    --sw-small: 12px;
    --sw-radius: 4px;
  }
`;
