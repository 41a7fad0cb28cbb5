/** Styles of <latent-strip>: strips of one leg below each other, so that columns compare; the chosen column is marked. */
import { css } from 'lit';

export const latentStripStyles = css`
  :host {
    container-type: inline-size;
  }
  .rows {
    max-width: 1296px;
    display: grid;
    gap: 12px;
  }
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
  }
  figcaption {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    font-size: var(--sw-small);
  }
  figcaption .heading {
    min-width: 0;
    overflow-wrap: anywhere;
    font-weight: 600;
    color: var(--sw-bright);
  }
  figcaption vscode-button {
    margin-inline-start: auto;
  }
  canvas {
    display: block;
    width: 100%;
    image-rendering: pixelated;
  }
  /* The strip's own frames are as large where there is room. */
  .one {
    display: none;
    max-width: 50%;
    border: 1px solid var(--sw-focus);
    border-radius: 2px;
  }
  .strip {
    position: relative;
    border: 1px solid var(--sw-border);
    border-radius: 2px;
    cursor: pointer;
  }
  .mark {
    position: absolute;
    inset-block: -3px;
    box-sizing: border-box;
    inset-inline-start: calc(var(--shown) * 100% / 9);
    width: calc(100% / 9);
    border: 2px solid var(--sw-focus);
    border-radius: 2px;
    pointer-events: none;
  }
  .ends {
    display: flex;
    justify-content: space-between;
    font-size: var(--sw-small);
    color: var(--sw-muted);
  }
  .words {
    padding: 12px 0;
    color: var(--sw-muted);
    font-size: var(--sw-small);
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    margin-top: 12px;
  }
  .position {
    min-width: 30ch;
    text-align: end;
    color: var(--sw-muted);
  }
  .empty vscode-button {
    margin-top: 8px;
  }
  @container (max-width: 560px) {
    .one {
      display: block;
    }
    input[type='range'] {
      order: -1;
      flex-basis: 100%;
      margin: 0;
    }
    .position {
      min-width: 0;
      flex: 1;
    }
  }
`;
