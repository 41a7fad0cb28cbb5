/** Layout of the panel: two columns where there is room, one below 900 pixels, tighter below 500. */
import { css } from 'lit';

export const slimwiseRunStyles = css`
  :host {
    container-type: inline-size;
    font-family: var(--vscode-font-family, system-ui);
    font-size: var(--vscode-font-size, 13px);
    line-height: 20px;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    max-width: 1600px;
    margin: 0 auto;
    padding: 20px 24px 32px;
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 16px;
  }
  .pair.wide-first {
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
  }
  .whole {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 8px;
    min-height: 40vh;
    text-align: center;
    color: var(--sw-muted);
  }
  @container (max-width: 900px) {
    .pair,
    .pair.wide-first {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 500px) {
    main {
      gap: 12px;
      padding: 12px 12px 24px;
    }
    .pair {
      gap: 12px;
    }
  }
`;
