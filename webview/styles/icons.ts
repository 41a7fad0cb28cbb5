/**
 * The panel's icons: 16 × 16 line drawings in the text colour, decoration only (`aria-hidden`); the word
 * that they illustrate is always beside them or in a label.
 */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

const icon = (shapes: SVGTemplateResult): TemplateResult =>
  html`<svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.25"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${shapes}
  </svg>`;

export const icons = {
  play: icon(svg`<path d="M4.5 3v10l8-5z" />`),
  pause: icon(svg`<path d="M5.5 3v10M10.5 3v10" stroke-width="1.75" />`),
  stop: icon(svg`<rect x="3.75" y="3.75" width="8.5" height="8.5" rx="1" />`),
  forward: icon(svg`<path d="M3 3.5v9l6.5-4.5z" /><path d="M12.5 3.5v9" />`),
  report: icon(svg`<path d="M4 1.75h5.5L13 5.25v9H4z" /><path d="M9.25 2v3.5h3.5M6 8.5h5M6 11h5" />`),
  folder: icon(svg`<path d="M1.75 12.75v-9h4l1.5 1.75h7v7.25z" />`),
  check: icon(svg`<circle cx="8" cy="8" r="6.25" /><path d="M5.25 8.25 7.25 10.25 10.75 6" />`),
  cross: icon(svg`<circle cx="8" cy="8" r="6.25" /><path d="M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5" />`),
  skipped: icon(svg`<circle cx="8" cy="8" r="6.25" stroke-dasharray="2.2 2.2" /><path d="M5.5 8h5" />`),
  running: icon(
    svg`<circle cx="8" cy="8" r="6.25" /><circle cx="8" cy="8" r="2.5" fill="currentColor" stroke="none" />`,
  ),
  paused: icon(svg`<circle cx="8" cy="8" r="6.25" /><path d="M6.5 5.75v4.5M9.5 5.75v4.5" />`),
  waiting: icon(svg`<circle cx="8" cy="8" r="6.25" /><path d="M8 4.5V8l2.25 1.75" />`),
  broken: icon(svg`<path d="M9.5 1.75 4.75 8.5h3L6.5 14.25 11.75 7h-3.25z" />`),
  warning: icon(svg`<path d="M8 2 14.25 13.25H1.75z" /><path d="M8 6.25v3.5M8 11.5v.01" />`),
  info: icon(svg`<circle cx="8" cy="8" r="6.25" /><path d="M8 7.5v3.5M8 5v.01" />`),
  shield: icon(
    svg`<path d="M8 1.75 13 3.5v4c0 3.25-2 5.5-5 6.75-3-1.25-5-3.5-5-6.75v-4z" /><path d="M8 5.25v3M8 10.5v.01" />`,
  ),
  table: icon(
    svg`<rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1" /><path d="M2 6.25h12M6 6.25v7M2 9.75h12" />`,
  ),
  chart: icon(svg`<path d="M2.25 2v11.75H14" /><path d="M4.5 10.5 7.25 7l2.25 2 3.75-5" />`),
  zoomOut: icon(svg`<circle cx="7" cy="7" r="4.75" /><path d="M10.5 10.5 14 14M5 7h4" />`),
  close: icon(svg`<path d="M4 4l8 8M12 4l-8 8" />`),
  previous: icon(svg`<path d="M10 3.5 5.5 8l4.5 4.5" />`),
  next: icon(svg`<path d="M6 3.5 10.5 8 6 12.5" />`),
  source: icon(svg`<path d="M6 4 2.25 8 6 12M10 4l3.75 4L10 12" />`),
  reset: icon(svg`<path d="M3.25 8.25A4.75 4.75 0 1 0 4.7 4.6L3 6.25" /><path d="M3 2.75v3.5h3.5" />`),
  shuffle: icon(
    svg`<path d="M1.75 4.5h2.5l6 7h3.5M1.75 11.5h2.5l1.9-2.2M8.4 6.6l1.85-2.1h3.5" /><path d="m12 2.75 1.75 1.75L12 6.25M12 9.75l1.75 1.75L12 13.25" />`,
  ),
  picture: icon(
    svg`<rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1" /><path d="m2 11 3.5-3.5 3 3 2-2 3.5 3.5" /><circle cx="10.5" cy="6" r="0.75" />`,
  ),
  film: icon(
    svg`<rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1" /><path d="M4.75 3v10M11.25 3v10M2 6.25h2.5M2 9.75h2.5M11.5 6.25H14M11.5 9.75H14" />`,
  ),
  exported: icon(svg`<path d="M8 10V2M5 4.75 8 1.75l3 3" /><path d="M2.75 8.5v5h10.5v-5" />`),
  follow: icon(svg`<path d="M2.5 8h8M7.5 4.5 11 8l-3.5 3.5M13.5 3.5v9" />`),
} as const;
