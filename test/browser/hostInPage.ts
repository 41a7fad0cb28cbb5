/**
 * Runs in the page before the panel's bundle: what VS Code puts there (theme variables, the body's class,
 * `acquireVsCodeApi`), and a record of what the content security policy refused. Bundled by panelPage.ts,
 * which gives it `initial` and `tellHost`.
 */
import { faintTexts } from './faintTexts.ts';

const outside = window as unknown as {
  tellHost(message: unknown): void;
  initial: { readonly colors: Record<string, string>; readonly kind: string; readonly state: unknown };
  savedState: unknown;
  violations: string[];
  acquireVsCodeApi(): unknown;
};
outside.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  outside.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
for (const [name, value] of Object.entries(outside.initial.colors)) {
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
}
// As VS Code's own style sheet for webviews does.
document.body.className = outside.initial.kind;
document.body.dataset['vscodeThemeKind'] = outside.initial.kind;
const webviewDefaults = new CSSStyleSheet();
webviewDefaults.replaceSync(
  'body { background-color: var(--vscode-editor-background); color: var(--vscode-editor-foreground);' +
    ' margin: 0; padding: 0 20px; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size) }',
);
document.adoptedStyleSheets = [webviewDefaults];
outside.savedState = outside.initial.state;
let acquired = false;
outside.acquireVsCodeApi = () => {
  if (acquired) throw new Error('An instance of the VS Code API has already been acquired');
  acquired = true;
  return {
    postMessage: (message: unknown) => outside.tellHost(structuredClone(message)),
    getState: () => outside.savedState,
    setState: (state: unknown) => {
      outside.savedState = JSON.parse(JSON.stringify(state));
    },
  };
};
Object.assign(window, { faintTexts });
