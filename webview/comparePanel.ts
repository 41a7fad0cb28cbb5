/**
 * Entry of the bundle for comparing runs (`dist/webview/comparePanel.js`, one IIFE), under the same content
 * security as the run panel. The host's page carries the ids of the runs in `data-run`, so that VS Code can
 * restore it after a reload.
 */
import { css } from 'lit';
import { createRpcClient } from '../core/rpc/rpc.ts';
import { isComparePush, type CompareRequests } from '../core/session/compareProtocol.ts';
import { SampleTile } from './components/sample-timeline/sample-tile.ts';
import { ChartFigure } from './compare/chart-figure.ts';
import { CompareGrids } from './compare/compare-grids.ts';
import { CompareTable } from './compare/compare-table.ts';
import { restoreCompareView } from './compare/compareView.ts';
import { SlimwiseCompare } from './compare/slimwise-compare.ts';
import { registerToolkit } from './toolkit.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const elements: Readonly<Record<string, CustomElementConstructor>> = {
  'sample-tile': SampleTile,
  'chart-figure': ChartFigure,
  'compare-grids': CompareGrids,
  'compare-table': CompareTable,
  'slimwise-compare': SlimwiseCompare,
};

const page = css`
  body {
    padding: 0;
    margin: 0;
  }
`;

async function start(): Promise<void> {
  const host = acquireVsCodeApi();
  registerToolkit();
  for (const [tag, element] of Object.entries(elements)) customElements.define(tag, element);
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];
  const root = new SlimwiseCompare();
  const rpc = createRpcClient<CompareRequests>({ post: (message) => host.postMessage(message) });
  root.rpc = rpc;
  root.view = restoreCompareView(host.getState());
  const { run } = document.body.dataset;
  root.saveView = (view) => host.setState({ ...view, run });
  root.saveView(root.view);
  window.addEventListener('message', ({ data }) => {
    if (!rpc.receive(data) && isComparePush(data)) root.runs = data.runs;
  });
  document.body.append(root);
  const init = await rpc.call('ready', {});
  if (init.ok) root.runs = init.value.runs;
  else root.problem = init.problem;
}

void start();
