/**
 * Exports a packed model from the editor: the user picks a format and a place, the command line does the work in
 * a process of its own, so a large model never holds up the extension host. What could not be made int8 is said.
 */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { commands, ProgressLocation, Uri, window, type LogOutputChannel } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import { exportFailed } from '../problems.ts';

interface ExportFormat {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  /** The name that is offered. */
  readonly name: string;
}

export const exportFormats: readonly ExportFormat[] = [
  {
    id: 'onnx',
    label: 'ONNX, fp32',
    detail: 'Binarized values written out as fp32: runs anywhere, as large as the original.',
    name: 'model.onnx',
  },
  {
    id: 'onnx-int8',
    label: 'ONNX, int8',
    detail: 'Weights as 8-bit with QDQ where ONNX Runtime runs it; other layers stay fp32 and are named.',
    name: 'model.int8.onnx',
  },
  {
    id: 'tfjs',
    label: 'TensorFlow.js',
    detail: 'A layers model: model.json and its weight shards, for tf.loadLayersModel.',
    name: 'model.json',
  },
];

/** The end of what the command line printed on its error stream is enough to say what went wrong. */
const maxMessage = 600;

export async function exportModel(cli: string, model: string, log: LogOutputChannel): Promise<Result<unknown>> {
  const format = await window.showQuickPick(exportFormats, {
    title: 'Export Compressed Model',
    placeHolder: 'To which format?',
    matchOnDetail: true,
  });
  if (format === undefined) return success(null);
  const target = await window.showSaveDialog({
    title: `Export as ${format.label}`,
    defaultUri: Uri.joinPath(Uri.file(dirname(model)), format.name),
  });
  if (target === undefined) return success(null);
  const title = `Exporting ${format.label}`;
  const done = await window.withProgress({ location: ProgressLocation.Notification, title }, () =>
    runExport(cli, [model, '--to', format.id, '--out', target.fsPath]),
  );
  if (!done.ok) return done;
  log.info(done.value);
  const choice = await window.showInformationMessage(done.value.trim(), 'Reveal');
  if (choice === 'Reveal') await commands.executeCommand('revealInExplorer', target);
  return done;
}

/** What the command line said. */
export function runExport(cli: string, args: readonly string[]): Promise<Result<string>> {
  return new Promise((resolve) => {
    // VS Code's own binary is a Node when it is told to be.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    execFile(process.execPath, [cli, 'export', ...args], { env }, (error, stdout, stderr) => {
      resolve(
        error === null ? success(stdout) : failure(exportFailed(stderr.slice(-maxMessage).trim() || error.message)),
      );
    });
  });
}
