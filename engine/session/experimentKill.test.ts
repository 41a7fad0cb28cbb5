/** An experiment in processes of its own that are killed without warning, and the command that goes on with it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { RunEvent, SettingResult } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRunAll } from '../../core/session/runState.ts';
import { callCli } from '../cli/callCli.ts';
import { realDisk } from '../runs/diskPort.ts';
import { readJournal } from '../runs/journal.ts';
import { listRuns } from '../runs/readRecord.ts';
import { realProcesses } from '../runs/runLock.ts';
import { killAfter } from './killAfter.ts';
import { toyProject, type ToyProject } from './toyProject.ts';

const stage = {
  id: 'table',
  family: 'settings',
  settings: [{ name: 'both', layers: [1, 2], binarizeD: true }],
  seeds: [1, 2],
};

describe('an experiment whose process is killed', function () {
  this.timeout(240_000);

  it('is gone on with by the same command, again and again, to the same table', async () => {
    const plan = { train: { steps: 4, batch: 4, checkpointEvery: 2, sampleEvery: 2 }, stages: [stage] };
    const [whole, killed] = [toyProject(plan), toyProject(plan)];
    try {
      assert.equal(await slimwise(whole), 0);
      await killAfter({ project: killed, at: (event) => event.type === 'step' && event.step === 3 });
      const [run] = runsOf(killed);
      assert.ok(run);
      const at = (event: RunEvent) => event.type === 'setting' && event.result.seed === 1;
      await killAfter({ project: killed, runFolder: run.folder, at });
      assert.equal(await slimwise(killed), 0);
      assert.equal(runsOf(killed).length, 1, 'the command went on with the run and made no other');
      assert.deepEqual(tableOf(killed), tableOf(whole));
      assert.equal(tableOf(whole).length, 4);
    } finally {
      whole.dispose();
      killed.dispose();
    }
  });
});

async function slimwise({ folder }: ToyProject): Promise<number> {
  return (await callCli(folder, ['run', 'slimwise.json', '--backend', 'cpu', '--threads', '1'])).code;
}

function runsOf(project: ToyProject) {
  const runs = listRuns(realDisk, realProcesses, path.join(project.folder, '.slimwise', 'runs'));
  assert.ok(runs.ok);
  return runs.value;
}

/** The results without the times; one that was told twice, before a kill and after, counts once. */
function tableOf(project: ToyProject): Omit<SettingResult, 'stepMs'>[] {
  const journal = readJournal(realDisk, path.join(runsOf(project)[0]?.folder ?? '', runFiles.journal));
  assert.ok(journal.ok);
  return reduceRunAll(initialRunState, journal.value.events).settings.map(({ stepMs, ...result }) => {
    assert.ok(stepMs > 0);
    return result;
  });
}
