/** Styles of <decision-table>: a dense table, a list of cards where there is no room for columns. */
import { css } from 'lit';

export const decisionTableStyles = css`
  :host {
    container-type: inline-size;
  }
  .how {
    padding: 8px 12px;
    border-top: 1px solid var(--sw-line);
  }
  th button.plain {
    color: inherit;
  }
  th button.plain:hover {
    color: var(--sw-bright);
  }
  .arrow {
    display: inline-block;
    width: 1.2em;
    text-align: center;
  }
  th.end .arrow {
    margin-inline-end: -4px;
  }
  .layer .link {
    color: var(--sw-link);
    font-family: var(--sw-mono);
    margin-inline-end: 8px;
  }
  .link:hover {
    text-decoration: underline;
  }
  .formula {
    display: block;
    font-size: 11px;
    line-height: 14px;
    white-space: nowrap;
  }
  sub {
    font-size: 8px;
    line-height: 0;
  }
  .bar {
    min-width: 72px;
    width: 96px;
  }
  .rise {
    position: relative;
    height: 6px;
    border-radius: 1px;
    background: var(--sw-track);
  }
  .rise div {
    height: 100%;
    min-width: 1px;
    border-radius: 1px;
    background: var(--sw-good);
  }
  .rejected .rise div {
    background: var(--sw-bad);
  }
  .rise i {
    position: absolute;
    top: -4px;
    bottom: -4px;
    width: 2px;
    margin-inline-start: -1px;
    background: var(--sw-bright);
  }
  .verdict div {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    white-space: nowrap;
  }
  .why {
    width: 40%;
    min-width: 160px;
    line-height: 16px;
  }
  @container (max-width: 1000px) {
    .formula,
    .bar {
      display: none;
    }
  }
  /* Less room: the reason goes below its row. */
  @container (max-width: 860px) {
    table,
    thead,
    tbody {
      display: block;
    }
    tr {
      display: grid;
      grid-template-columns: 28px minmax(0, 1.6fr) minmax(0, 0.7fr) minmax(0, 1.4fr) minmax(0, 1.1fr) minmax(0, 1.1fr);
      column-gap: 8px;
      align-items: baseline;
      padding: 4px 12px;
      border-bottom: 1px solid var(--sw-line);
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tr > * {
      border: 0;
      height: auto;
      padding: 4px;
    }
    tr > :first-child,
    tr > :last-child {
      padding-inline: 4px;
    }
    th.reason {
      display: none;
    }
    th.layer {
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .verdict div {
      vertical-align: bottom;
    }
    td.why {
      grid-column: 2 / -1;
      width: auto;
      padding-top: 0;
    }
  }
  /* A narrow side bar: each row is a small card. */
  @container (max-width: 560px) {
    tr,
    td {
      display: block;
    }
    thead {
      display: none;
    }
    tbody tr {
      display: block;
      padding: 8px 12px;
    }
    tbody tr > *,
    tbody tr > :first-child,
    tbody tr > :last-child {
      display: block;
      padding: 2px 0;
    }
    td.order,
    td.bar {
      display: none;
    }
    th.layer,
    td.why {
      width: auto;
      white-space: normal;
    }
    td[data-label] {
      display: grid;
      grid-template-columns: 72px 1fr;
      text-align: start;
    }
    td[data-label]::before {
      content: attr(data-label);
      color: var(--sw-muted);
    }
    .formula {
      display: inline;
      margin-inline-start: 8px;
    }
  }
`;
