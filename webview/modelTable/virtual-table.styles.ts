/** Styles of <virtual-table>: rows of one height, a head and a foot that stay, columns that give way to each other. */
import { css } from 'lit';

export const virtualTableStyles = css`
  :host {
    display: block;
    min-height: 0;
    container-type: inline-size;
  }
  .scroll {
    height: 100%;
    overflow: auto;
    overflow-anchor: none;
  }
  table {
    width: 100%;
    table-layout: fixed;
    border-collapse: separate;
    border-spacing: 0;
    font-size: var(--sw-small);
  }
  tbody tr,
  thead tr,
  tfoot tr {
    height: 28px;
  }
  th,
  td {
    height: 28px;
    padding: 0 8px;
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    line-height: 28px;
  }
  .end {
    text-align: end;
  }
  /* Paths of layers differ at their end: the ellipsis stands in front, and the text runs as it is written. */
  .tail {
    direction: rtl;
    text-align: left;
  }
  .tail > * {
    direction: ltr;
    unicode-bidi: isolate;
  }
  thead th {
    position: sticky;
    top: 0;
    z-index: 1;
    color: var(--sw-muted);
    background: var(--sw-canvas);
    border-bottom: 1px solid var(--sw-line);
  }
  thead button {
    width: 100%;
    height: 26px;
    white-space: nowrap;
    overflow: hidden;
  }
  thead .end button {
    text-align: end;
  }
  thead button:hover {
    color: var(--sw-bright);
  }
  thead button:focus-visible {
    outline-offset: -1px;
  }
  .arrow {
    display: inline-block;
    width: 1.1em;
    text-align: center;
  }
  tbody th {
    color: var(--sw-fg);
  }
  tbody tr:hover > * {
    background: var(--sw-hover);
  }
  tbody tr[aria-current='true'] > * {
    background: var(--sw-selected);
  }
  tbody tr[aria-current='true'] > :first-child {
    box-shadow: inset 2px 0 0 var(--sw-focus);
  }
  tfoot td,
  tfoot th {
    position: sticky;
    bottom: 0;
    font-weight: 600;
    color: var(--sw-bright);
    background: var(--sw-canvas);
    border-top: 1px solid var(--sw-line);
  }
  .good {
    /* The charts' green is too pale for text on white. */
    color: var(--vscode-gitDecoration-addedResourceForeground, var(--sw-good));
  }
  .space {
    visibility: hidden;
  }
  .mono {
    font-family: var(--sw-mono);
  }
  button.link {
    color: var(--sw-link);
    font-family: var(--sw-mono);
  }
  button.link:hover {
    text-decoration: underline;
  }
  @container (max-width: 1200px) {
    .rank4 {
      display: none;
    }
  }
  @container (max-width: 1000px) {
    .rank3 {
      display: none;
    }
  }
  @container (max-width: 880px) {
    .rank2 {
      display: none;
    }
  }
  @container (max-width: 520px) {
    .rank1 {
      display: none;
    }
  }
`;
