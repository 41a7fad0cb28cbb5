/**
 * The page of a run panel: one script, one nonce, nothing from anywhere else. Images come from the run's
 * own folder only; styles are constructed by the script. The nonce for styles is for the toolkit, which
 * probes `:focus-visible` with an empty style element that takes its nonce from the `csp-nonce` meta element.
 * What stands in the page comes from this extension, never from the workspace, apart from the run's checked id.
 */
export interface PageParts {
  /** The webview's source for local files. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly nonce: string;
  readonly runId: string;
  /** Where images may come from besides the webview's own files: `data:` for a page that is sent its pictures. */
  readonly imageSource?: 'data:';
}

export function runPanelHtml({ cspSource, scriptUri, nonce, runId, imageSource }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `img-src ${cspSource}${imageSource === undefined ? '' : ` ${imageSource}`}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${escapeHtml(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slimwise run</title>
</head>
<body data-run="${escapeHtml(runId)}">
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>`;
}

export interface ReportParts {
  readonly cspSource: string;
  /** The run's folder, as the webview may load from it. */
  readonly baseUri: string;
  /** The editor's theme is a dark one. */
  readonly dark: boolean;
}

/**
 * A report for display: the file's own HTML under a policy that runs nothing and loads nothing but
 * images of the run's folder. The policy stands first, so that nothing in the file can come before it.
 */
export function reportHtml(report: string, parts: ReportParts): string {
  const policy = [
    `default-src 'none'`,
    `style-src 'unsafe-inline'`,
    `img-src ${parts.cspSource} data:`,
    `font-src data:`,
    `base-uri ${parts.cspSource}`,
    `form-action 'none'`,
  ].join('; ');
  // Downloads need a browser: Open Report in Browser has them.
  const noExports = '<style>.exports{display:none !important}</style>';
  const head = `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}"><base href="${escapeHtml(parts.baseUri)}/">${noExports}`;
  // A webview's colour scheme is the browser's, not the editor's: the report follows the editor.
  const themed = report.replaceAll(/@media \(prefers-color-scheme:\s*(dark|light)\)/g, (_media, scheme) =>
    (scheme === 'dark') === parts.dark ? '@media all' : '@media not all',
  );
  return `<!DOCTYPE html>${head}${themed.replace(/^\s*<!doctype html>/i, '')}`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
