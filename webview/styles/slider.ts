/** A slider (`input[type=range]`) drawn the same in every theme, with room for a finger and a visible focus. */
import { css } from 'lit';

export const slider = css`
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
`;
