/** Layout of the model editor: what the file is and what it costs on top, the table in what is left of the window. */
import { css } from 'lit';

export const slimwiseModelStyles = css`
  :host {
    container-type: inline-size;
    font-family: var(--vscode-font-family, system-ui);
    font-size: var(--vscode-font-size, 13px);
    line-height: 20px;
  }
  main {
    display: flex;
    flex-direction: column;
    gap: 12px;
    height: 100vh;
    min-height: 560px;
    padding: 16px 20px 8px;
  }
  h1 {
    font-size: 18px;
    line-height: 24px;
    font-weight: 600;
    color: var(--sw-bright);
    overflow-wrap: anywhere;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    font-size: var(--sw-small);
    color: var(--sw-muted);
  }
  .facts dt {
    display: inline;
  }
  .facts dd {
    display: inline;
    color: var(--sw-fg);
  }
  .overview {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
    gap: 12px 24px;
    padding: 12px;
    border: 1px solid var(--sw-border);
    border-radius: var(--sw-radius);
  }
  .sums {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 8px 16px;
    align-content: start;
  }
  .sums dt {
    font-size: var(--sw-small);
    color: var(--sw-muted);
  }
  .sums dd {
    font-size: 18px;
    line-height: 24px;
    color: var(--sw-bright);
  }
  .sums dd .small {
    font-size: var(--sw-small);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .tools input {
    flex: 1 1 180px;
    max-width: 320px;
    height: 26px;
    padding: 0 8px;
    font: inherit;
    color: var(--vscode-input-foreground, var(--sw-fg));
    background: var(--vscode-input-background, var(--sw-canvas));
    border: 1px solid var(--vscode-input-border, var(--sw-border));
    border-radius: 2px;
  }
  .tools input::placeholder {
    color: var(--vscode-input-placeholderForeground, var(--sw-muted));
  }
  .tools input:focus {
    outline: 1px solid var(--sw-focus);
    outline-offset: -1px;
  }
  .tools .aside {
    margin-inline-start: auto;
    display: flex;
    align-items: center;
    gap: 12px;
  }
  [role='tablist'] {
    display: flex;
    gap: 12px;
  }
  button[role='tab'] {
    padding: 2px 0;
    color: var(--sw-muted);
  }
  button[role='tab'][aria-selected='true'] {
    color: var(--sw-bright);
    box-shadow: 0 1px 0 var(--sw-bright);
  }
  virtual-table {
    flex: 0 1 auto;
    min-height: 140px;
    border: 1px solid var(--sw-border);
    border-radius: var(--sw-radius);
    overflow: hidden;
  }
  finding-list {
    flex: none;
    margin-top: auto;
  }
  .note {
    font-size: var(--sw-small);
  }
  .whole {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 8px;
    min-height: 60vh;
    padding: 20px;
    text-align: center;
    color: var(--sw-fg);
  }
  @container (max-width: 820px) {
    .overview {
      grid-template-columns: minmax(0, 1fr);
    }
    .sums {
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
  }
  @container (max-width: 520px) {
    main {
      padding: 12px 12px 8px;
    }
    .sums {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
`;
