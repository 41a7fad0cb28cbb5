/** Styles of <decision-table>: a dense table, a list of cards where there is no room for columns. */
import { css } from 'lit';

export const decisionTableStyles = css`
  :host {
    container-type: inline-size;
  }
  .body {
    padding: 0;
  }
  .body > .empty {
    padding: 12px;
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
  .layer {
    white-space: nowrap;
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
  .verdict span {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    white-space: nowrap;
  }
  .verdict.muted {
    color: var(--sw-muted);
  }
  .why {
    width: 40%;
    line-height: 16px;
  }
  @container (max-width: 900px) {
    .formula {
      display: none;
    }
    .bar {
      display: none;
    }
  }
  @container (max-width: 640px) {
    table,
    tbody,
    tr,
    td,
    th.layer {
      display: block;
    }
    thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tbody tr {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0 12px;
      padding: 8px 12px;
      border-bottom: 1px solid var(--sw-line);
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tbody tr > * {
      border: 0;
      padding: 2px 0;
      height: auto;
    }
    td.order,
    td.bar {
      display: none;
    }
    tbody tr > th:first-child,
    tbody tr > td:first-child,
    tbody tr > td:last-child {
      padding-inline: 0;
    }
    th.layer,
    td.why {
      grid-column: 1 / -1;
      width: auto;
      white-space: normal;
    }
    td[data-label] {
      display: contents;
    }
    td[data-label]::before {
      content: attr(data-label);
      color: var(--sw-muted);
    }
    td[data-label] > span:first-child:not(:last-child) {
      display: inline;
    }
  }
`;
