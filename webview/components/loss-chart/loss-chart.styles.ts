/** Styles of <loss-chart>; uPlot's own style sheet stands before them in the same shadow root. */
import { css } from 'lit';

export const lossChartStyles = css`
  .section > .body {
    display: flex;
    flex-direction: column;
    padding: 4px;
  }
  .body > .empty,
  loss-table {
    padding: 8px;
  }
  /* The chart takes the room that there is and never makes room for itself. */
  .plot {
    position: relative;
    flex: 1;
    min-height: 220px;
    overflow: hidden;
  }
  .uplot {
    position: absolute;
    inset: 0;
  }
  .uplot {
    font-family: inherit;
  }
  .u-select {
    background: var(--sw-selected);
    border-inline: 1px solid var(--sw-focus);
  }
  .u-hz .u-cursor-x {
    border-right: 1px dashed var(--sw-muted);
  }
  .readout {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 6px;
  }
  .readout b {
    font-weight: 600;
    color: var(--sw-bright);
    margin-inline-end: 6px;
    min-width: 6ch;
  }
  .key {
    width: 12px;
    height: 3px;
    border-radius: 1px;
  }
  .generator {
    background: var(--sw-generator);
  }
  .discriminator {
    background: var(--sw-discriminator);
  }
`;
