/** Colours of charts in a panel: the theme's own, by the panel's words for them. */
import type { ChartPalette } from '../../core/chart/chartStyles.ts';

export const themePalette: ChartPalette = {
  ground: 'var(--sw-canvas)',
  text: 'var(--sw-fg)',
  muted: 'var(--sw-muted)',
  grid: 'var(--sw-line)',
  series: [
    'var(--sw-generator)',
    'var(--sw-discriminator)',
    'var(--vscode-charts-green, var(--sw-fg))',
    'var(--vscode-charts-purple, var(--sw-fg))',
    'var(--vscode-charts-yellow, var(--sw-fg))',
    'var(--vscode-charts-red, var(--sw-fg))',
    'var(--sw-bright)',
    'var(--sw-muted)',
  ],
};
