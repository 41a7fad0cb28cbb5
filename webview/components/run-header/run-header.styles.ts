/** Styles of <run-header>. */
import { css } from 'lit';

export const runHeaderStyles = css`
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-width: 0;
    margin-inline-end: auto;
  }
  h1 {
    font-size: 18px;
    line-height: 24px;
    font-weight: 600;
    color: var(--sw-bright);
    overflow-wrap: anywhere;
  }
  .status {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-weight: 600;
  }
  .status.working svg {
    color: var(--sw-info);
  }
  .status.done svg {
    color: var(--sw-good);
  }
  .status.stopped svg {
    color: var(--sw-warn);
  }
  .status.broken svg {
    color: var(--sw-bad);
  }
  .badge {
    font-size: 11px;
    line-height: 16px;
    padding: 1px 8px;
    border-radius: 9px;
    color: var(--vscode-badge-foreground, var(--sw-fg));
    background: var(--vscode-badge-background, var(--sw-track));
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .progress {
    margin-top: 12px;
  }
  .words {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
    margin-bottom: 4px;
    min-height: 20px;
  }
  .doing {
    overflow-wrap: anywhere;
  }
  .sep {
    margin: 0 6px;
  }
  .track {
    height: 4px;
    border-radius: 2px;
    background: var(--sw-track);
    overflow: hidden;
    outline: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .bar {
    height: 100%;
    border-radius: 2px;
    background: var(--sw-muted);
    transition: width 200ms linear;
  }
  .working .bar {
    background: var(--sw-progress);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 24px;
    margin-top: 12px;
    font-size: var(--sw-small);
  }
  .facts > div {
    display: flex;
    gap: 8px;
  }
  dt {
    color: var(--sw-muted);
  }
  .why {
    margin-top: 4px;
  }
  @media (prefers-reduced-motion: reduce) {
    .bar {
      transition: none;
    }
  }
`;
