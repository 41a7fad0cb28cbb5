/**
 * Data sets and runs as things, in a real extension host: the dialog says what a folder holds, what is wrong with it
 * and that it was stopped; a run is renamed and duplicated; and while another process works on a run, the editor
 * refuses to go on with it and says who does, until that process is dead.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, extensions, window, workspace, type Uri } from 'vscode';
import type { ApiRun, SlimwiseApi } from '../../extension/api.ts';
import type { Result } from '../../core/result.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

let api: SlimwiseApi;
before(async () => {
  api = await slimwise();
});

describe('the dialog for a data set in a real extension host', () => {
  const plan = (): Uri => inWorkspace('slimwise.json');
  /** The smallest sound PNG: one grey pixel. */
  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  );

  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await waitFor('the dialog to close', () => api.dataSets().length === 0);
  });

  function folder(name: string, files: Readonly<Record<string, Uint8Array>>): Uri {
    const uri = inWorkspace(`sets/${name}`);
    mkdirSync(uri.fsPath, { recursive: true });
    for (const [file, bytes] of Object.entries(files)) writeFileSync(join(uri.fsPath, file), bytes);
    return uri;
  }

  it('shows what the plan names', async () => {
    await commands.executeCommand('slimwise.addDataSet', plan());
    const shown = await waitFor('the description', () => api.dataSets().find(({ nFound }) => nFound !== null));
    assert.deepEqual([shown.nFound, shown.nBad, shown.problem, shown.reading], [10_000, 0, null, false]);
  });

  it('counts bad images, and says that an empty folder holds none', async () => {
    const images = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.png`, pixel]));
    const bad = folder('bad', { ...images, 'broken.png': pixel.subarray(0, 40), 'empty.jpg': new Uint8Array() });
    await commands.executeCommand('slimwise.addDataSet', plan(), bad);
    const shown = await waitFor('the description', () => api.dataSets().find(({ nFound }) => nFound !== null));
    assert.deepEqual([shown.nFound, shown.nBad], [32, 2]);
    await commands.executeCommand('slimwise.addDataSet', plan(), folder('empty', {}));
    const empty = await waitFor('the problem', () => api.dataSets().find(({ problem }) => problem !== null));
    assert.equal(empty.nFound, null);
  });

  it('ends the reading when it is closed', async () => {
    await commands.executeCommand('slimwise.addDataSet', plan());
    await waitFor('the reading', () => api.dataSets().some(({ reading, nFound }) => reading || nFound !== null));
    // The rest is done by `afterEach`: the dialog closes and the test process ends without it.
  });
});

describe('a run in two programs', () => {
  let other: ChildProcess | null = null;
  let run: ApiRun;

  before(async () => {
    const sample = JSON.parse(readFileSync(inWorkspace('slimwise.json').fsPath, 'utf8'));
    mkdirSync(inWorkspace('two').fsPath);
    for (const file of ['dcgan_torch.py']) copyFileSync(inWorkspace(file).fsPath, inWorkspace(`two/${file}`).fsPath);
    const slow = {
      ...sample,
      name: 'Held',
      generator: { ...sample.generator, entry: 'Generator(latents=100, width=8)' },
      discriminator: { ...sample.discriminator, entry: 'Discriminator(width=8)' },
      data: { ...sample.data, images: `../${sample.data.images}`, limit: 256 },
      train: { ...sample.train, steps: 100_000, batch: 8, sampleEvery: 50_000, checkpointEvery: 2 },
      evaluation: { nImages: 64 },
    };
    writeFileSync(inWorkspace('two/slimwise.json').fsPath, JSON.stringify(slow, null, 2));
    await window.showTextDocument(inWorkspace('two/slimwise.json'));
    other = commandLine(['run', 'slimwise.json', '--threads', '1'], inWorkspace('two').fsPath);
    run = await waitFor('the run of the command line', async () => {
      await commands.executeCommand('slimwise.refreshRuns');
      return api.runs().find(({ name, status }) => name === 'Held' && status === 'elsewhere');
    });
  });
  after(async () => {
    other?.kill('SIGKILL');
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is refused where the other works on it, naming that process', async () => {
    const answer = await commands.executeCommand<Result<unknown>>('slimwise.resumeRun', run.id);
    assert.equal(answer.ok ? '' : answer.problem.code, 'SWP_RUN_LOCKED');
    const said = answer.ok ? '' : answer.problem.message;
    assert.match(said, /^Process \d+ of a command line on .+ is working on this run\.$/);
    assert.ok(said.includes(`Process ${other?.pid} `), said);
    assert.equal(other?.exitCode, null, 'the other was not disturbed');
  });

  it('is refused to the command line while the editor works on it, once the other is dead', async () => {
    assert.ok(other);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const steps = (): number => api.runs().find(({ id }) => id === run.id)?.stepsDone ?? 0;
    const resumed = await waitFor('the editor to take over', async () => {
      const answer = await commands.executeCommand<Result<unknown>>('slimwise.resumeRun', run.id);
      return answer.ok || answer.problem.code !== 'SWP_ENGINE_BUSY' ? answer : null;
    });
    assert.ok(resumed.ok, JSON.stringify(resumed));
    await waitFor('its steps', () => steps() > 0);
    const late = commandLine(['run', '--resume', run.folder], inWorkspace('two').fsPath);
    let said = '';
    late.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(late, 'close')) as [number | null];
    assert.equal(code, 2);
    assert.match(said, /Process \d+ of an editor on .+ is working on this run.*SWP_RUN_LOCKED/s);
    await commands.executeCommand('slimwise.cancelRun', run.id);
    await waitFor('the end', () => api.runs().some(({ id, live }) => id === run.id && !live));
  });

  it('can be renamed and duplicated afterwards, and says so where it cannot be', async () => {
    const renamed = await commands.executeCommand<Result<unknown>>('slimwise.renameRun', run.id, 'Held no more');
    assert.ok(renamed.ok, JSON.stringify(renamed));
    await waitFor('the new name', () => api.runs().some(({ id, name }) => id === run.id && name === 'Held no more'));
    const record = JSON.parse(readFileSync(join(run.folder, 'run.json'), 'utf8')) as { name: string };
    assert.equal(record.name, 'Held no more');
    const done = commands.executeCommand<Result<unknown>>('slimwise.duplicateRun', run.id);
    const copy = await waitFor('the copy', () => {
      const { document } = window.activeTextEditor ?? {};
      return document?.uri.fsPath.startsWith(inWorkspace('two').fsPath) && !/slimwise\.json$/.test(document.uri.fsPath)
        ? document
        : null;
    });
    const plan = JSON.parse(copy.getText()) as { name: string; train: { steps: number } };
    assert.deepEqual([plan.name, plan.train.steps], ['Held no more, again', 100_000]);
    await waitFor('the question', async () => {
      await commands.executeCommand('notifications.clearAll');
      return Promise.race([
        Promise.resolve(done).then(() => true),
        new Promise((resolve) => setTimeout(resolve, 200, false)),
      ]);
    });
    assert.equal((await done).ok, true);
    assert.ok((await workspace.fs.stat(copy.uri)).size > 0);
  });
});

/** The packaged command line, as a user has it in a terminal. */
function commandLine(args: readonly string[], cwd: string): ChildProcess {
  const extension = extensions.getExtension('slimwise.slimwise');
  assert.ok(extension);
  const { NODE_OPTIONS: _options, ...env } = process.env;
  return spawn(process.execPath, [join(extension.extensionPath, 'bin', 'slimwise.mjs'), ...args], {
    cwd,
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
