/**
 * Single layers trained at once, through whole sessions at toy size: the same bytes as one after the other,
 * whatever dies, stops or waits in between. The trainers share this process; `engineProcess.test.ts` has
 * real ones.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { validatePlan } from '../../core/plan/validatePlan.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { memoryTrainers } from './memoryTrainer.ts';
import type { PreparedSession } from './prepareSession.ts';
import { runToy, toyImages, toySession, type ToyRun } from './sessionFixture.ts';

describe('single layers at once', function () {
  this.timeout(240_000);
  let prepared: PreparedSession;
  let sequential: ToyRun;

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    prepared = await preparedWith({ threshold: 1000 });
    sequential = await runToy({ prepared });
    assert.ok(sequential.outcome.ok);
  });

  it('give the bytes of one after the other, also where a trainer dies and another goes on', async () => {
    // The second one dies right after its first checkpoint: what it has done since is done again.
    let checkpoints = 0;
    const trainers = memoryTrainers(
      await toyImages(),
      (nth, report) => nth === 2 && report.kind === 'event' && checkpoints > 0 && report.body.type === 'step',
    );
    const run = await runToy({
      prepared,
      trainers,
      onEvent(event) {
        if (event.type === 'checkpoint' && event.folder.startsWith('parts/layer-fc/')) checkpoints += 1;
      },
    });
    same(run, sequential);
    assert.equal(trainers.mostAtOnce(), 3);
    assert.equal(trainers.nStarted(), 4);
    const told = run.events.flatMap((event) => (event.type === 'problem' ? [event.problem.code] : []));
    assert.deepEqual(told, ['SWP_TRAINER_RESTARTED']);
    assert.ok(run.events.some((event) => event.type === 'progress' && event.doing.startsWith('3 layers at once: ')));
    const last = run.events.findLast((event) => event.type === 'progress');
    assert.ok(last?.type === 'progress' && last.stepsDone <= last.stepsTotal && last.secondsLeft >= 0);
    assert.deepEqual(leftParts(run), []);
  });

  it('cancelled among them and continued, end with the same bytes', async () => {
    const images = await toyImages();
    const cut = await runToy({
      prepared,
      trainers: memoryTrainers(images),
      onEvent: (event, control) => {
        if (isStep(event, 'layer-main.2', 3)) control.cancel();
      },
    });
    assert.ok(cut.outcome.ok && cut.outcome.value.status === 'cancelled');
    assert.ok(leftParts(cut).length > 0);
    const rest = await runToy({ prepared, disk: cut.disk, folder: cut.folder, trainers: memoryTrainers(images) });
    same(rest, sequential);
    const again = rest.events.filter((event) => event.type === 'step' && event.variant === 'layer-main.2');
    assert.equal(again.length, 1);
    assert.deepEqual(leftParts(rest), []);
  });

  it('wait while paused, all saved, and go on', async () => {
    const run = await runToy({
      prepared,
      trainers: memoryTrainers(await toyImages()),
      onEvent(event, control) {
        if (isStep(event, 'layer-fc', 1)) control.pause();
        if (event.type === 'paused') setImmediate(() => control.resume());
      },
    });
    same(run, sequential);
    const types = run.events.map(({ type }) => type).filter((type) => type === 'paused' || type === 'resumed');
    assert.deepEqual(types, ['paused', 'resumed']);
  });

  it('that come after one that fails are stopped and count as not tried', async () => {
    const strict = await preparedWith({ threshold: 0 });
    const one = await runToy({ prepared: strict });
    const run = await runToy({ prepared: strict, trainers: memoryTrainers(await toyImages()) });
    same(run, one);
    const decisions = run.events.flatMap((event) => (event.type === 'decision' ? [event.decision] : []));
    assert.ok(
      decisions.some(({ tried }) => !tried),
      'a threshold of 0 was to refuse a layer',
    );
    assert.ok(run.events.some((event) => event.type === 'note' && event.text.includes('was trained ahead')));
    assert.deepEqual(leftParts(run), []);
  });

  it('end the run with a problem when a trainer dies again and again, and nothing is lost', async () => {
    const images = await toyImages();
    const dying = memoryTrainers(images, (_, report) => report.kind === 'event' && report.body.type === 'evaluation');
    const failed = await runToy({ prepared, trainers: dying });
    assert.ok(!failed.outcome.ok && failed.outcome.problem.code === 'SWP_TRAINER_LOST');
    assert.deepEqual(failed.bugs, []);
    const rest = await runToy({ prepared, disk: failed.disk, folder: failed.folder, trainers: memoryTrainers(images) });
    same(rest, sequential);
  });
});

async function preparedWith(search: Readonly<Record<string, unknown>>): Promise<PreparedSession> {
  const toy = await toySession();
  const plan = {
    ...toy.plan,
    train: { ...toy.plan.train, steps: 2, sampleEvery: 100, checkpointEvery: 2 },
    stages: [
      { id: 'find', family: 'search', repetitions: 2, steps: 4, ...search },
      { id: 'compress', family: 'precision', rep: { kind: 'binary' }, steps: 2 },
    ],
  };
  const valid = validatePlan(JSON.stringify(plan), toy.planPath);
  assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
  return { ...toy, plan: valid.value.plan };
}

/** The same decisions, metrics and packed model. */
function same(run: ToyRun, expected: ToyRun): void {
  assert.ok(run.outcome.ok, run.outcome.ok ? '' : run.outcome.problem.message);
  assert.deepEqual(run.bugs, []);
  const decisions = ({ disk, folder }: ToyRun) =>
    journal(disk.files().get(path.join(folder, 'journal.jsonl'))).flatMap((event) =>
      event.type === 'decision' ? [event.decision] : [],
    );
  assert.deepEqual(decisions(run), decisions(expected));
  for (const name of ['model.safetensors', 'base.safetensors']) {
    assert.deepEqual(run.disk.files().get(path.join(run.folder, name)), expected.disk.files().get(path.join(expected.folder, name))); // prettier-ignore
  }
}

function journal(bytes: Uint8Array | undefined): readonly RunEvent[] {
  const lines = new TextDecoder().decode(bytes).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

function leftParts({ disk, folder }: ToyRun): readonly string[] {
  return [...disk.files().keys()].filter((file) => file.startsWith(path.join(folder, 'parts/')));
}

function isStep(event: RunEvent, variant: string, step: number): boolean {
  return event.type === 'step' && event.variant === variant && event.step === step;
}
