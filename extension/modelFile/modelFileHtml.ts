/** The page of the model editor: one script, one nonce, nothing from anywhere else, and no pictures at all. */
import { escapeHtml } from '../views/runPanelHtml.ts';

export interface ModelPageParts {
  /** The webview's source for local files. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly nonce: string;
}

export function modelFileHtml({ cspSource, scriptUri, nonce }: ModelPageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${escapeHtml(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slimwise model</title>
</head>
<body>
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>`;
}
