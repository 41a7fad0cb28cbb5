/**
 * Entry of the run panel's bundle (`dist/webview/runPanel.js`, one IIFE). The host's page needs
 * this script and the run's id in `data-run` of its body: it puts <slimwise-run> into the body and connects it to the host through VS Code's
 * API object, which stays inside this module. Content security: scripts by nonce, images from the
 * webview's own source; styles are constructed sheets, so no style source beyond the webview's is needed.
 */
import { css } from 'lit';
import { registerComponents } from './components/register.ts';
import { SlimwiseRun } from './components/slimwise-run/slimwise-run.ts';
import { createPanelStore } from './state/panelStore.ts';
import { restoreViewState } from './state/viewState.ts';
import { registerToolkit } from './toolkit.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code pads the body of a webview; the panel has its own margins. */
const page = css`
  body {
    padding: 0;
    margin: 0;
  }
`;

function start(): void {
  const host = acquireVsCodeApi();
  registerToolkit();
  registerComponents();
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];

  const root = new SlimwiseRun();
  const store = createPanelStore({
    port: { post: (message) => host.postMessage(message) },
    schedule: (callback) => requestAnimationFrame(callback),
    onChange: (panel) => {
      root.panel = panel;
    },
  });
  root.store = store;
  root.view = restoreViewState(host.getState());
  // The host finds the run again by this id when VS Code restores the panel after a reload.
  const { run } = document.body.dataset;
  root.saveView = (view) => host.setState({ ...view, run });
  root.saveView(root.view);
  window.addEventListener('message', (event) => store.receive(event.data));
  document.body.append(root);
  void store.load();
}

start();
