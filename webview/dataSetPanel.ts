/** Entry of the bundle for the data set dialog (`dist/webview/dataSetPanel.js`), under the run panel's content security. */
import { css } from 'lit';
import { createRpcClient } from '../core/rpc/rpc.ts';
import type { DataRequests } from '../core/session/dataProtocol.ts';
import { DataSet } from './dataSet/data-set.ts';
import { SizeHistogram } from './dataSet/size-histogram.ts';
import { registerToolkit } from './toolkit.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const page = css`
  body {
    padding: 0;
    margin: 0;
  }
`;

function start(): void {
  const host = acquireVsCodeApi();
  registerToolkit();
  customElements.define('size-histogram', SizeHistogram);
  customElements.define('data-set', DataSet);
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];
  const root = new DataSet();
  const rpc = createRpcClient<DataRequests>({ post: (message) => host.postMessage(message) });
  root.rpc = rpc;
  window.addEventListener('message', ({ data }) => void rpc.receive(data));
  document.body.append(root);
  void root.load();
}

start();
