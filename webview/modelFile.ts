/**
 * Entry of the model editor's bundle (`dist/webview/modelFile.js`, one IIFE): puts <slimwise-model> into the body
 * and connects it to the host through VS Code's API object, which stays inside this module. Content security:
 * scripts by nonce, styles are constructed sheets.
 */
import { css } from 'lit';
import type { ModelFileRequests } from '../core/report/modelFileProtocol.ts';
import { createRpcClient } from '../core/rpc/rpc.ts';
import { BudgetCard } from './modelTable/budget-card.ts';
import { FindingList } from './modelTable/finding-list.ts';
import { restoreModelView } from './modelTable/modelView.ts';
import { SlimwiseModel } from './modelTable/slimwise-model.ts';
import { VirtualTable } from './modelTable/virtual-table.ts';
import { registerToolkit } from './toolkit.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code pads the body of a webview; the page has its own margins. */
const page = css`
  body {
    padding: 0;
    margin: 0;
  }
`;

function start(): void {
  const host = acquireVsCodeApi();
  registerToolkit();
  customElements.define('budget-card', BudgetCard);
  customElements.define('finding-list', FindingList);
  customElements.define('virtual-table', VirtualTable);
  customElements.define('slimwise-model', SlimwiseModel);
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];

  const root = new SlimwiseModel();
  const rpc = createRpcClient<ModelFileRequests>({ post: (message) => host.postMessage(message) });
  const load = async (): Promise<void> => {
    const result = await rpc.call('read', {});
    root.phase = result.ok ? { kind: 'shown', file: result.value } : { kind: 'failed', problem: result.problem };
  };
  root.view = restoreModelView(host.getState());
  root.saveView = (view) => host.setState(view);
  root.actions = {
    reload: () => void load(),
    async copyCsv(table, rows) {
      const result = await rpc.call('copyCsv', { table, rows });
      root.message = result.ok ? `Copied ${result.value.copied} rows` : result.problem.message;
    },
    async openLayer(layer) {
      const result = await rpc.call('openLayer', { layer });
      root.message = result.ok ? '' : result.problem.message;
    },
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (rpc.receive(data)) return;
    if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'changed') void load();
  });
  document.body.append(root);
  void load();
}

start();
