/**
 * Entry of the what-if page's bundle (`dist/webview/whatIfPanel.js`, one IIFE): puts <what-if-page> into the body and
 * connects it to the host through VS Code's API object, which stays inside this module.
 */
import { css } from 'lit';
import type { WhatIfRequests } from '../core/report/whatIfProtocol.ts';
import { readChoices } from '../core/report/whatIfReport.ts';
import { createRpcClient } from '../core/rpc/rpc.ts';
import { registerToolkit } from './toolkit.ts';
import { WhatIfPage } from './whatIf/what-if-page.ts';
import { initialView, restoreView } from './whatIf/whatIfState.ts';

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
  const vscode = acquireVsCodeApi();
  registerToolkit();
  customElements.define('what-if-page', WhatIfPage);
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];

  const root = new WhatIfPage();
  const rpc = createRpcClient<WhatIfRequests>({ post: (message) => vscode.postMessage(message) });
  root.host = {
    ask: (query) => rpc.call('ask', query),
    does: (what, edit) => rpc.call(what, edit),
    openLayer: (model, layer) => void rpc.call('openLayer', { model, layer }),
    pickChange: (model, layers) => rpc.call('pickChange', { model, layers }),
  };
  /** A page that was hidden goes on where it was; one about another source begins with what the host says. */
  const load = async (kept: ReturnType<typeof restoreView>): Promise<void> => {
    const result = await rpc.call('ready', {});
    if (!result.ok) {
      root.problem = result.problem;
      return;
    }
    const init = result.value;
    const source = init.state === 'model' ? init.source : null;
    root.saveView = (view) => vscode.setState({ ...view, source });
    root.view =
      init.state === 'model' && kept.source !== source
        ? { ...initialView, model: init.model, choices: init.choices }
        : kept.view;
    root.init = init;
  };
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (rpc.receive(data) || typeof data !== 'object' || data === null || !('type' in data)) return;
    if (data.type === 'changed') void root.ask();
    else if (data.type === 'settings') void load(restoreView(vscode.getState(), readChoices));
    else if (data.type === 'another') void load({ source: null, view: initialView });
  });
  document.body.append(root);
  void load(restoreView(vscode.getState(), readChoices));
}

start();
