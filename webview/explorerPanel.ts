/**
 * Entry of the latent explorer's bundle (`dist/webview/explorerPanel.js`). The page loads the engine's part
 * before it (`explorerEngine.js`, which defines `slimwiseExplorerEngine`); its policy allows
 * 'wasm-unsafe-eval', which the run panel's does not, because only this page compiles the kernels.
 */
import { css } from 'lit';
import type { ExplorerEngine } from '../core/session/explorerEngine.ts';
import { createExplorerHost } from './explorer/explorerHost.ts';
import { restoreView } from './explorer/explorerView.ts';
import { ImageStage } from './explorer/image-stage.ts';
import { LatentExplorer } from './explorer/latent-explorer.ts';
import { LatentSliders } from './explorer/latent-sliders.ts';
import { LatentWalk } from './explorer/latent-walk.ts';
import { SampleSheet } from './explorer/sample-sheet.ts';
import { registerToolkit } from './toolkit.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;
declare const slimwiseExplorerEngine: { readonly explorerEngine: ExplorerEngine };

const page = css`
  body {
    padding: 0;
    margin: 0;
  }
`;

const elements: Readonly<Record<string, CustomElementConstructor>> = {
  'image-stage': ImageStage,
  'latent-explorer': LatentExplorer,
  'latent-sliders': LatentSliders,
  'latent-walk': LatentWalk,
  'sample-sheet': SampleSheet,
};

function start(): void {
  const vscode = acquireVsCodeApi();
  registerToolkit();
  for (const [tag, element] of Object.entries(elements)) customElements.define(tag, element);
  if (page.styleSheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet];

  const host = createExplorerHost({ post: (message) => vscode.postMessage(message) });
  window.addEventListener('message', (event) => host.receive(event.data));
  const root = new LatentExplorer();
  root.host = host;
  root.engine = slimwiseExplorerEngine.explorerEngine;
  root.view = restoreView(vscode.getState());
  // The host finds the model again by this when VS Code restores the panel after a reload.
  const { model } = document.body.dataset;
  root.saveView = (view) => vscode.setState({ ...view, model });
  root.saveView(root.view);
  document.body.append(root);
  void root.load();
}

start();
