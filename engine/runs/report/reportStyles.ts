/** The report's style sheet. Colours are set once for light and dark; contrast of text is at least 4.5 : 1. */
import { Markup } from './html.ts';

export const reportStyles = new Markup(`
:root {
  color-scheme: light dark;
  --canvas: #fbfaf8; --card: #ffffff; --ink: #1d2129; --muted: #5c6470; --line: #e2dfd9; --soft: #f1eee8;
  --accent: #0b6e6e; --g: #1f6fd6; --d: #b34f08; --good: #1a7f4b; --bad: #c0322b; --before: #b9b3a8; --after: #0b6e6e;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --canvas: #14171c; --card: #1b2027; --ink: #e7e9ec; --muted: #a0a8b4; --line: #313843; --soft: #222831;
    --accent: #4fc3b7; --g: #6aa8ff; --d: #ff9d57; --good: #54cf8d; --bad: #ff7b72; --before: #59616e; --after: #4fc3b7;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--canvas); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
header, main, footer { max-inline-size: 1080px; margin-inline: auto; padding-inline: 28px; }
header { padding-block: 44px 8px; }
footer { padding-block: 12px 48px; color: var(--muted); font-size: 13px; }
.brand { margin: 0 0 6px; color: var(--accent); font-size: 12px; font-weight: 650; letter-spacing: .09em; text-transform: uppercase; }
h1 { margin: 0; font-size: 34px; line-height: 1.15; font-weight: 680; letter-spacing: -.018em; overflow-wrap: anywhere; }
.sub { margin: 8px 0 0; color: var(--muted); }
h2 { margin: 0 0 6px; font-size: 21px; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 26px 0 4px; font-size: 15px; font-weight: 650; }
section { margin-block: 24px; padding: 26px 28px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
p { margin: 6px 0; max-inline-size: 78ch; }
.about, .muted, .type { color: var(--muted); }
.about { margin-block-end: 14px; }
.lead { font-size: 18px; }
.type { font-weight: 400; font-size: 12.5px; }
code, pre { font-family: var(--mono); font-size: .9em; }
pre { overflow: auto; max-block-size: 420px; padding: 14px; background: var(--soft); border-radius: 8px; }
.good { color: var(--good); font-weight: 600; white-space: nowrap; }
.bad { color: var(--bad); font-weight: 600; white-space: nowrap; }
.badge { padding: 1px 8px; border: 1px solid var(--d); border-radius: 99px; color: var(--d); font-size: 12.5px; font-weight: 600; }
.skip { position: absolute; inset-inline-start: -999px; }
.skip:focus { inset-inline-start: 12px; inset-block-start: 12px; padding: 6px 12px; background: var(--card); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.tiles { display: grid; grid-template-columns: 1.35fr 1fr 1fr 1fr; gap: 14px; margin-block: 26px; }
.tile { display: flex; flex-direction: column; padding: 18px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; min-inline-size: 0; }
.tile.main { border-color: var(--accent); box-shadow: inset 0 3px 0 var(--accent); }
.tile dt { color: var(--muted); font-size: 13px; }
.tile dd { margin: 0; }
.big { display: block; margin-block: 4px 6px; font-size: 28px; line-height: 1.15; font-weight: 680; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.main .big { font-size: 34px; color: var(--accent); }
.small { display: block; color: var(--muted); font-size: 13px; line-height: 1.5; overflow-wrap: anywhere; }
.compare { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 14px; margin-block: 14px 4px; }
.compare .rows { display: grid; grid-template-rows: repeat(3, 1fr); }
.compare .rows span { align-self: center; color: var(--muted); font-size: 13px; text-align: end; }
img { display: block; inline-size: 100%; block-size: auto; image-rendering: pixelated; border-radius: 6px; }
img[hidden] { display: none; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 16px; margin-block-start: 14px; }
figure { margin: 0; min-inline-size: 0; }
figcaption { margin-block-start: 6px; font-size: 13px; color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 22px 26px; }
.charts figcaption { font-weight: 600; color: var(--ink); margin-block-start: 0; }
.scroll { overflow-x: auto; }
.scroll.short { max-block-size: 300px; overflow-y: auto; }
table { border-collapse: collapse; inline-size: 100%; margin-block: 12px 4px; font-size: 14px; }
caption { padding-block-end: 6px; text-align: start; color: var(--muted); font-size: 13px; }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 8px 10px; border-block-end: 1px solid var(--line); text-align: start; vertical-align: baseline; }
thead th { color: var(--muted); font-size: 12.5px; font-weight: 600; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-block-end-color: transparent; }
tfoot > tr > * { border-block: 1px solid var(--line); font-weight: 650; }
th:first-child, td:first-child { padding-inline-start: 0; }
.num { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.why { color: var(--muted); font-size: 13px; min-inline-size: 200px; }
.record th { inline-size: 170px; font-weight: 500; color: var(--muted); }
.record td { overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: 2fr 3fr; gap: 34px; margin-block-start: 20px; }
details { margin-block-start: 14px; }
.charts details { margin-block-start: 2px; font-size: 13px; }
summary { cursor: pointer; color: var(--accent); font-weight: 550; inline-size: fit-content; }
.budget { display: grid; grid-template-columns: max-content 1fr max-content; gap: 8px 12px; align-items: center; margin-block: 16px 6px; }
.budgetRow { display: contents; }
.track { position: relative; block-size: 18px; background: var(--soft); border-radius: 4px; }
.fill { position: absolute; inset-block: 0; inset-inline-start: 0; border-radius: 4px; min-inline-size: 2px; }
.fill.before, .bar.before, .key.before { background: var(--before); }
.fill.after, .bar.after, .key.after { background: var(--after); }
.fill.over { background: repeating-linear-gradient(135deg, var(--bad) 0 7px, color-mix(in srgb, var(--bad) 55%, var(--card)) 7px 12px); }
.budgetLine { position: absolute; inset-block: -4px; inline-size: 2px; margin-inline-start: -1px; background: var(--ink); }
.barColumn { inline-size: 38%; }
td.barColumn { padding-block: 10px; }
.bar { display: block; block-size: 6px; min-inline-size: 2px; border-radius: 3px; margin-block: 2px; }
.key { display: inline-block; inline-size: 18px; block-size: 6px; margin-inline: 2px 3px; border-radius: 3px; vertical-align: middle; }
.key.lossD { background: var(--d); block-size: 3px; }
.key.lossG { background: repeating-linear-gradient(90deg, var(--g) 0 5px, transparent 5px 7px); block-size: 3px; margin-inline-start: 12px; }
.chart { display: block; inline-size: 100%; block-size: auto; }
.chart.wide { margin-block: 10px 18px; min-inline-size: 640px; }
.chart text { fill: var(--muted); font-size: 11px; font-family: inherit; font-variant-numeric: tabular-nums; }
.chart .row, .chart .value { fill: var(--ink); font-size: 13px; }
.chart .value { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.chart .label { font-size: 13px; font-weight: 700; }
.grid { stroke: var(--line); stroke-width: 1; }
.line, .raw { fill: none; stroke-width: 2; stroke-linejoin: round; }
.raw { stroke-width: 1; opacity: .28; }
.line.lossD, .raw.lossD { stroke: var(--d); } .line.lossG, .raw.lossG { stroke: var(--g); }
.line.lossG { stroke-dasharray: 7 3; }
.chart .label.lossD { fill: var(--d); } .chart .label.lossG { fill: var(--g); }
.band { fill: var(--accent); opacity: .13; }
.mean { stroke: var(--accent); stroke-width: 1.5; }
.limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 4; }
.chart .limitText { fill: var(--bad); }
.chart line.lead { stroke: var(--line); stroke-dasharray: 1 4; }
.mark.repeat { fill: var(--muted); } .mark.accepted { fill: var(--good); }
.mark.rejected { fill: none; stroke: var(--bad); stroke-width: 3; stroke-linecap: round; }
.caveats { border-inline-start: 4px solid var(--d); }
.caveats ul { margin: 8px 0 0; padding-inline-start: 20px; } .caveats li { margin-block: 6px; max-inline-size: 82ch; }
@media (max-width: 820px) {
  .tiles { grid-template-columns: 1fr 1fr; } .columns { grid-template-columns: 1fr; }
  header, main, footer { padding-inline: 16px; } section { padding: 20px 16px; }
}
@media (max-width: 480px) { .tiles { grid-template-columns: 1fr; } .compare { grid-template-columns: 1fr; } .compare .rows { display: none; } }
@media print { body { background: none; font-size: 11pt; } section, .tile { break-inside: avoid; border-color: #ccc; } .skip { display: none; } }
`);
