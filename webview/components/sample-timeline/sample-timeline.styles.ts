/** Styles of <sample-timeline>, with a slider drawn the same in every theme. */
import { css } from 'lit';

export const sampleTimelineStyles = css`
  :host {
    container-type: inline-size;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(112px, 1fr));
    gap: 12px;
  }
  .controls {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-top: 12px;
  }
  input[type='range'] {
    appearance: none;
    flex: 1;
    min-width: 60px;
    height: 24px;
    margin: 0 8px;
    background: none;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 4px;
    border-radius: 2px;
    background: var(--sw-track);
    outline: 1px solid var(--vscode-contrastBorder, transparent);
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 14px;
    height: 14px;
    margin-top: -5px;
    border-radius: 50%;
    background: var(--sw-progress);
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  input[type='range']:focus-visible {
    outline: none;
  }
  input[type='range']:focus-visible::-webkit-slider-thumb {
    outline: 1px solid var(--sw-focus);
    outline-offset: 2px;
  }
  .stop {
    min-width: 14ch;
    text-align: end;
    color: var(--sw-muted);
  }
  @container (max-width: 420px) {
    .controls {
      flex-wrap: wrap;
    }
    input[type='range'] {
      order: -1;
      flex-basis: 100%;
      margin: 0;
    }
  }
`;
