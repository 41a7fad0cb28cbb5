/** Layout of the explorer: pictures beside sliders where there is room, one column below 820 pixels. */
import { css } from 'lit';

export const latentExplorerStyles = css`
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
    max-width: 1280px;
    margin: 0 auto;
    padding: 20px 24px 32px;
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-width: 0;
  }
  h1 {
    font-size: 20px;
    line-height: 28px;
    font-weight: 400;
    color: var(--sw-bright);
    overflow-wrap: anywhere;
  }
  .badge {
    font-size: var(--sw-small);
    padding: 0 8px;
    border-radius: 10px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .layout {
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(280px, 3fr);
    grid-template-areas:
      'stage sliders'
      'samples walk';
    gap: 16px;
  }
  image-stage {
    grid-area: stage;
  }
  latent-sliders {
    grid-area: sliders;
  }
  sample-sheet {
    grid-area: samples;
  }
  .column {
    grid-area: walk;
  }
  .column {
    display: grid;
    gap: 16px;
    align-content: start;
    min-width: 0;
  }
  .precision {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    color: var(--sw-muted);
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px 12px;
    border: 1px solid var(--sw-warn);
    border-radius: var(--sw-radius);
  }
  .banner > :nth-child(2) {
    flex: 1;
  }
  .whole {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 8px;
    min-height: 60vh;
    max-width: 480px;
    margin: 0 auto;
    text-align: center;
    color: var(--sw-muted);
  }
  .whole strong {
    color: var(--sw-bright);
  }
  .whole .actions {
    justify-content: center;
    margin-top: 8px;
  }
  @container (max-width: 820px) {
    .layout {
      grid-template-columns: minmax(0, 1fr);
      grid-template-areas:
        'stage'
        'walk'
        'sliders'
        'samples';
    }
  }
  @container (max-width: 500px) {
    main {
      gap: 12px;
      padding: 12px 12px 24px;
    }
  }
`;
