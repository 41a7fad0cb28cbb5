/**
 * The page that a run panel lives in: the bundle, its content security policy, nothing else. The extension
 * gives it to the webview and the browser tests serve it, so that what is tested is what is shipped.
 * The policy allows one script and one style by nonce, images and styles of the webview's own source, and
 * no connection. (The nonce for styles is for the toolkit: it probes `:focus-visible` with an empty
 * style element when it loads, and takes its nonce from the `csp-nonce` meta element.)
 */
export interface PanelPageOptions {
  /** `webview.asWebviewUri` of `dist/webview/runPanel.js`. */
  readonly scriptUri: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Letters and digits from a random source, new for every page. */
  readonly nonce: string;
  readonly title: string;
}

export function panelPage(options: PanelPageOptions): string {
  const { cspSource, nonce } = options;
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource}`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
    <meta property="csp-nonce" content="${escapeHtml(nonce)}">
    <title>${escapeHtml(options.title)}</title>
  </head>
  <body>
    <script nonce="${escapeHtml(nonce)}" src="${escapeHtml(options.scriptUri)}"></script>
  </body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and for double-quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
