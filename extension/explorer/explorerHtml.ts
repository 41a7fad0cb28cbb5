/**
 * The page of the latent explorer: two scripts under one nonce, nothing from anywhere else. Unlike the run
 * panel's, its policy lets scripts compile WASM (the packed runtime's kernels are a part of the extension's own
 * script) and lets the page read the model files that lie in the folders it was given.
 */
import { escapeHtml } from '../views/runPanelHtml.ts';

export interface ExplorerPageParts {
  /** The webview's source for local files. */
  readonly cspSource: string;
  readonly engineUri: string;
  readonly scriptUri: string;
  readonly nonce: string;
  /** What is explored, for finding it again after a reload; null for the empty page. */
  readonly key: string | null;
}

export function explorerHtml({ cspSource, engineUri, scriptUri, nonce, key }: ExplorerPageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `connect-src ${cspSource}`,
    `img-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
  const script = (uri: string): string => `<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(uri)}"></script>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${escapeHtml(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slimwise latent explorer</title>
</head>
<body${key === null ? '' : ` data-model="${escapeHtml(key)}"`}>
${script(engineUri)}
${script(scriptUri)}
</body>
</html>`;
}
