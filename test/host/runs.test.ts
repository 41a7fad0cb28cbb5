/**
 * Runs in a real extension host with the real engine: started by the command, killed, resumed, finished.
 * The plan is the sample's with small networks and few steps; its numbers say nothing about quality.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, workspace, type Uri } from 'vscode';
import type { ApiRun, SlimwiseApi } from '../../extension/api.ts';
import type { Result } from '../../core/result.ts';
import { eventually, inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('runs in a real extension host', () => {
  let api: SlimwiseApi;
  let id = '';

  before(async () => {
    api = await slimwise();
  });

  const run = (): ApiRun => {
    const found = api.runs().find((candidate) => candidate.id === id);
    assert.ok(found, `run ${id} among ${JSON.stringify(api.runs())}`);
    return found;
  };

  it('starts a plan, with its panel', async () => {
    // So many that it still trains when the tests below come to it.
    const plan = await writePlan('slimwise.tiny.json', { steps: 100_000 });
    await commands.executeCommand('slimwise.compressWisely', plan);
    id = (await waitFor('the run', () => api.runs().find(({ live }) => live), 60_000)).id;
    await waitFor('the panel', () => api.panels().find(({ runId, ready }) => runId === id && ready));
    await waitFor('steps', () => run().stepsDone > 2);
    assert.equal(run().status, 'running');
    await eventually(() => assert.match(api.statusText() ?? '', /Compressing/));
  });

  it('lets one engine work at a time', async () => {
    const answer = await commands.executeCommand<Result<unknown>>(
      'slimwise.compressWisely',
      inWorkspace('slimwise.tiny.json'),
    );
    assert.equal(answer.ok ? '' : answer.problem.code, 'SWP_ENGINE_BUSY');
  });

  it('pauses and goes on', async () => {
    await commands.executeCommand('slimwise.pauseRun', id);
    await waitFor('the pause', () => run().status === 'paused');
    await commands.executeCommand('slimwise.unpauseRun', id);
    await waitFor('going on', () => run().status === 'running');
  });

  it('survives the engine’s death, and shows the run as interrupted', async () => {
    const { enginePid } = run();
    assert.ok(enginePid !== null);
    process.kill(enginePid, 'SIGKILL');
    await waitFor('the interruption', () => run().status === 'interrupted' && !run().live);
  });

  it('resumes the run, and cancels it with a checkpoint', async () => {
    const answer = await commands.executeCommand<Result<unknown>>('slimwise.resumeRun', id);
    assert.ok(answer.ok, JSON.stringify(answer));
    await waitFor('the engine', () => run().status === 'running');
    await commands.executeCommand('slimwise.cancelRun', id);
    await waitFor('the end', () => run().status === 'cancelled' && !run().live);
  });

  it('finishes a run: a packed model, a report, and a ratio', async () => {
    const plan = await writePlan('slimwise.small.json', { steps: 4 });
    await commands.executeCommand('slimwise.compressWisely', plan);
    const started = await waitFor('the run', () => api.runs().find(({ live }) => live));
    id = started.id;
    await waitFor('the end', () => !run().live);
    await eventually(() => {
      assert.equal(run().status, 'finished');
      assert.ok((run().summary?.ratio ?? 0) > 1);
    });
    for (const file of ['model.safetensors', 'report.html']) assert.ok(existsSync(join(run().folder, file)), file);
    assert.deepEqual(await commands.executeCommand('slimwise.openReport', id), { ok: true, value: null });
  });

  it('shows the run again after its panel was closed', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await waitFor('the panels to close', () => api.panels().length === 0);
    await commands.executeCommand('slimwise.openRun', id);
    await waitFor('the panel', () => api.panels().find(({ runId, ready }) => runId === id && ready));
  });

  it('compares runs on a page of its own, and reads only the ends of journals that nobody looks at', async () => {
    const ids = api.runs().map((each) => each.id);
    assert.ok(ids.length >= 2);
    await commands.executeCommand('slimwise.compareRuns', ids);
    await eventually(() => assert.deepEqual(api.comparisons(), [ids]));
    await commands.executeCommand('workbench.action.closeAllEditors');
    await waitFor('the page to close', () => api.comparisons().length === 0);
    await waitFor('the events to be let go', () => api.runs().every(({ nEvents }) => nEvents === 0));
    assert.equal(run().status, 'finished');
    assert.ok((run().summary?.ratio ?? 0) > 1);
  });

  it('finds the runs again on disk', async () => {
    await commands.executeCommand('slimwise.refreshRuns');
    assert.ok(api.runs().length >= 2);
  });

  it('says what is wrong with a plan instead of starting it', async () => {
    const plan = inWorkspace('slimwise.bad.json');
    await workspace.fs.writeFile(plan, new TextEncoder().encode('{ "schema": 1 }'));
    const before = api.runs().length;
    const answer = await commands.executeCommand<Result<unknown>>('slimwise.compressWisely', plan);
    assert.equal(answer.ok, false);
    assert.equal(api.runs().length, before);
  });
});

async function writePlan(name: string, { steps }: { steps: number }): Promise<Uri> {
  const sample = JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(inWorkspace('slimwise.json'))));
  const plan = {
    ...sample,
    name,
    // An eighth of the sample's width: the same path, in seconds on a busy machine.
    generator: { ...sample.generator, entry: 'Generator(latents=100, width=8)' },
    discriminator: { ...sample.discriminator, entry: 'Discriminator(width=8)' },
    data: { ...sample.data, limit: 256 },
    train: { ...sample.train, steps, batch: 8, sampleEvery: 2, checkpointEvery: 2 },
    stages: sample.stages.map((stage: { family: string }) => ({
      ...stage,
      steps: 2,
      ...(stage.family === 'search' ? { repetitions: 2, threshold: 1_000_000 } : {}),
    })),
    evaluation: { nImages: 64 },
  };
  const uri = inWorkspace(name);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(plan, null, 2)));
  return uri;
}
