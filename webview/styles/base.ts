/**
 * Styles that every component of the panel starts from: sizes on a 4-pixel grid, tabular numbers, one
 * look for sections, focus and text that only a screen reader hears. No colours but the tokens'.
 */
import { css } from 'lit';

export const base = css`
  :host {
    display: block;
    color: var(--sw-fg);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  svg {
    display: block;
    flex: none;
  }
  .muted {
    color: var(--sw-muted);
  }
  .small {
    font-size: var(--sw-small);
  }
  .number {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .good {
    color: var(--sw-good);
  }
  .bad {
    color: var(--sw-bad);
  }
  .warn {
    color: var(--sw-warn);
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 1px solid var(--sw-focus);
    outline-offset: 1px;
  }
  button.plain {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    margin: 0;
    cursor: pointer;
    text-align: inherit;
  }
`;

/** A titled part of the panel. */
export const section = css`
  .section {
    border: 1px solid var(--sw-border);
    border-radius: var(--sw-radius);
    min-width: 0;
    height: 100%;
    display: flex;
    flex-direction: column;
  }
  .section > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-height: 36px;
    padding: 6px 12px;
    border-bottom: 1px solid var(--sw-line);
  }
  .section > header h2 {
    font-size: 13px;
    font-weight: 600;
    color: var(--sw-bright);
  }
  .section > header .aside {
    margin-inline-start: auto;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
  }
  .legend {
    font-size: var(--sw-small);
    color: var(--sw-muted);
  }
  .legend span {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .section > .body {
    padding: 12px;
    min-width: 0;
    flex: 1;
  }
  .section > .body.flush {
    padding: 0;
  }
  .flush > .empty {
    padding: 12px;
  }
  .empty {
    color: var(--sw-muted);
    padding: 4px 0;
  }
`;

/** A dense table: quiet head, hairlines between rows, numbers to the right. */
export const table = css`
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--sw-small);
  }
  th {
    font-weight: 400;
    color: var(--sw-muted);
    text-align: start;
    white-space: nowrap;
  }
  th,
  td {
    padding: 4px 8px;
    height: 28px;
    vertical-align: middle;
    border-bottom: 1px solid var(--sw-line);
  }
  th[scope='row'] {
    white-space: normal;
    overflow-wrap: break-word;
  }
  th:first-child,
  td:first-child {
    padding-inline-start: 12px;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 12px;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  tbody tr:hover {
    background: var(--sw-hover);
  }
  tr[aria-current='true'] > :first-child {
    box-shadow: inset 2px 0 0 var(--sw-focus);
  }
  tr[aria-current='true'] > th {
    color: var(--sw-bright);
  }
  .end {
    text-align: end;
  }
`;
