/** Styles of <sample-timeline>; its slider is the one of every page (`styles/slider.ts`). */
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
