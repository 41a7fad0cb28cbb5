/**
 * The latent explorer and the user's own devices in a real extension host: the page asks for its model and gets it,
 * also for a file by itself and where there is nothing yet; the command line that the editor calls exports a model.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commands, ConfigurationTarget, extensions, workspace } from 'vscode';
import { runExport } from '../../extension/explorer/exportModel.ts';
import type { SlimwiseApi } from '../../extension/api.ts';
import type { Result } from '../../core/result.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('the latent explorer in a real extension host', () => {
  let api: SlimwiseApi;
  before(async () => {
    api = await slimwise();
  });
  afterEach(() => commands.executeCommand('workbench.action.closeAllEditors'));

  const finished = (): string | undefined => api.runs().find(({ status }) => status === 'finished')?.folder;

  it('opens on a finished run, or says what to do without one', async () => {
    const answer = await commands.executeCommand<Result<unknown>>(
      'slimwise.exploreLatents',
      api.runs().find(({ status }) => status === 'finished')?.id,
    );
    assert.ok(answer.ok, JSON.stringify(answer));
    const explorer = await waitFor('the explorer', () => api.explorers().find(({ ready }) => ready));
    assert.equal(explorer.model === null, finished() === undefined);
  });

  it('opens on a packed file by itself, and exports it', async () => {
    const folder = finished();
    if (folder === undefined) return assert.ok(existsSync(inWorkspace('slimwise.json').fsPath), 'the sample is open');
    const file = inWorkspace('model.safetensors');
    cpSync(join(folder, 'model.safetensors'), file.fsPath);
    const answer = await commands.executeCommand<Result<unknown>>('slimwise.exploreLatents', file);
    assert.ok(answer.ok, JSON.stringify(answer));
    await waitFor('the explorer', () => api.explorers().find(({ model, ready }) => ready && model === file.fsPath));
    const cli = join(extensions.getExtension('slimwise.slimwise')?.extensionPath ?? '', 'bin', 'slimwise.mjs');
    const out = inWorkspace('exported.onnx').fsPath;
    const exported = await runExport(cli, [file.fsPath, '--to', 'onnx', '--out', out]);
    assert.ok(exported.ok, exported.ok ? '' : exported.problem.message);
    assert.match(exported.value, /differ from the packed model's by at most \de?/);
    assert.ok(existsSync(out));
    for (const made of [file.fsPath, out]) rmSync(made);
  });

  it('says that a file is not there', async () => {
    const answer = await commands.executeCommand<Result<unknown>>(
      'slimwise.exploreLatents',
      inWorkspace('gone.safetensors'),
    );
    assert.equal(answer.ok ? '' : answer.problem.code, 'SWP_RUN_FILE_MISSING');
  });
});

describe("the user's own devices in a real extension host", () => {
  after(async () => {
    const settings = workspace.getConfiguration('slimwise');
    for (const name of ['budget.device', 'devices']) await settings.update(name, undefined, ConfigurationTarget.Global);
  });

  it('are what the status bar compares with', async () => {
    const api = await slimwise();
    const settings = workspace.getConfiguration('slimwise');
    const document = await workspace.openTextDocument(inWorkspace('dcgan_torch.py'));
    await commands.executeCommand('vscode.open', document.uri);
    await waitFor('the model', () => api.statusText()?.includes('wise'));
    await settings.update(
      'devices',
      [{ id: 'tight', label: 'Tight board', budgetBytes: 1000 }],
      ConfigurationTarget.Global,
    );
    await settings.update('budget.device', 'tight', ConfigurationTarget.Global);
    const text = await waitFor('the device', () => {
      const now = api.statusText();
      return now?.includes('tight board') === true ? now : null;
    });
    assert.match(text, /\$\(warning\)/);
  });
});
