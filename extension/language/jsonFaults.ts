/**
 * VS Code's own JSON support underlines what is no JSON, in every JSON file. A plan's diagnostics say the same, for
 * editors without it; here they are left out, so that a missing comma is shown once.
 */
import { extensions, workspace, type Diagnostic, type Uri } from 'vscode';
import { isPlanFile } from '../commands/findPlans.ts';

export function withoutJsonFaults(uri: Uri, diagnostics: Diagnostic[]): Diagnostic[] {
  if (!isPlanFile(uri.path) || !checksJson(uri)) return diagnostics;
  return diagnostics.filter(({ code }) => (typeof code === 'object' ? code.value : code) !== 'SWP_PLAN_NOT_JSON');
}

function checksJson(uri: Uri): boolean {
  return (
    extensions.getExtension('vscode.json-language-features') !== undefined &&
    workspace.getConfiguration('json', uri).get('validate.enable') !== false
  );
}
