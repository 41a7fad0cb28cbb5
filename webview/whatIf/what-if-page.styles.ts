/** Layout of the what-if page: totals and budget on top, then the table, then what is worth trying. */
import { css } from 'lit';

export const whatIfStyles = css`
  :host {
    font-family: var(--vscode-font-family, system-ui);
    font-size: var(--vscode-font-size, 13px);
    line-height: 20px;
    container-type: inline-size;
  }
  main {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px 20px 24px;
  }
  .whole {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    padding: 48px 20px;
    text-align: center;
  }
  h1 {
    font-size: 18px;
    line-height: 24px;
    font-weight: 600;
    color: var(--sw-bright);
  }
  h2 {
    font-size: 13px;
    font-weight: 600;
    color: var(--sw-bright);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
  }
  .overview {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    padding: 12px;
    border: 1px solid var(--sw-border);
    border-radius: var(--sw-radius);
  }
  .sums {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    flex: 3 1 380px;
  }
  .sums dt {
    font-size: var(--sw-small);
    color: var(--sw-muted);
  }
  .sums dd {
    font-size: 18px;
    line-height: 24px;
    color: var(--sw-bright);
    white-space: nowrap;
  }
  .sums dd.small {
    font-size: var(--sw-small);
    line-height: 18px;
    color: var(--sw-muted);
    white-space: normal;
  }
  .budget {
    flex: 2 1 280px;
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .budget .line,
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
  }
  .actions .message {
    flex: 1 1 160px;
    min-width: 0;
  }
  .track {
    position: relative;
    height: 10px;
    background: var(--sw-track);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 1px;
  }
  .track div {
    height: 100%;
    min-width: 1px;
    background: var(--sw-bad);
  }
  .track.fits div {
    background: var(--sw-good);
  }
  .track i {
    position: absolute;
    top: -3px;
    bottom: -3px;
    width: 2px;
    margin-inline-start: -1px;
    background: var(--sw-bright);
  }
  .verdict {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .good {
    /* The charts' green is too pale for text on white. */
    color: var(--vscode-gitDecoration-addedResourceForeground, var(--sw-good));
  }
  .scroll {
    overflow-x: auto;
    border: 1px solid var(--sw-border);
    border-radius: var(--sw-radius);
  }
  select,
  input {
    font: inherit;
    font-size: var(--sw-small);
    height: 24px;
    color: var(--vscode-input-foreground, var(--vscode-dropdown-foreground, var(--sw-fg)));
    background: var(--vscode-input-background, var(--vscode-dropdown-background, var(--sw-canvas)));
    border: 1px solid var(--vscode-dropdown-border, var(--sw-border));
    border-radius: 2px;
    padding: 0 4px;
  }
  input {
    width: 72px;
    text-align: end;
  }
  th[aria-sort] button.plain {
    color: inherit;
  }
  th[aria-sort='descending'] button.plain::after {
    content: ' ↓';
  }
  tr.changed > th:first-child {
    box-shadow: inset 2px 0 0 var(--sw-link);
  }
  tr.reason td {
    height: auto;
    padding-top: 0;
    border-bottom: 1px solid var(--sw-line);
  }
  tr.reason p {
    /* In a narrow page the table scrolls, and its reasons stay in sight. */
    position: sticky;
    inset-inline-start: 12px;
    width: max-content;
    max-width: calc(100cqi - 66px);
  }
  tr.has-reason > * {
    border-bottom: 0;
  }
  th[scope='row'] button.plain {
    color: var(--sw-link);
  }
  th[scope='row'] button.more {
    min-width: 24px;
    text-align: center;
  }
  .own {
    white-space: nowrap;
  }
  .basis {
    margin-inline-start: 4px;
    font-size: var(--sw-small);
  }
  .prune {
    display: inline-flex;
    gap: 2px;
  }
  .prune input {
    width: 52px;
  }
  .suggestions li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) max-content max-content;
    gap: 2px 12px;
    align-items: center;
    padding: 6px 0;
    border-bottom: 1px solid var(--sw-line);
  }
  .suggestions .note {
    grid-column: 1 / -1;
  }
`;
