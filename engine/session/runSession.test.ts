import assert from 'node:assert/strict';
import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { initialRunState, reduceRun } from '../../core/session/runState.ts';
import { memoryDisk } from '../runs/memoryDisk.ts';
import { readPacked } from '../formats/packedModel.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import type { SessionControl } from './sessionControl.ts';
import { runToy, toySession, type ToyRun } from './sessionFixture.ts';

describe('a session', function () {
  this.timeout(120_000);
  let whole: ToyRun;

  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
    whole = await runToy();
  });

  it('goes from a plan to a packed model, a report and a grid', () => {
    assert.ok(whole.outcome.ok, whole.outcome.ok ? '' : whole.outcome.problem.message);
    assert.ok(whole.outcome.value.status === 'finished');
    const { summary } = whole.outcome.value;
    const packed = file(whole, 'model.safetensors');
    assert.equal(summary.fileBytesAfter, packed.length);
    assert.equal(summary.fileBytesBefore, file(whole, 'model.fp32.safetensors').length);
    assert.equal(summary.ratio, summary.fileBytesBefore / summary.fileBytesAfter);
    // The plan's own T of 1000 accepts everything, in the order of redundancy: 24−16, 6−1, 8−64.
    assert.deepEqual(summary.binarizedG, ['main.2', 'fc', 'main.5']);
    assert.deepEqual(summary.binarizedD, ['fc', 'main.3', 'main.0']);
    const read = readPacked(packed);
    assert.ok(read.ok);
    assert.equal(read.value.weights.get('main.2.weight')?.kind, 'binary');
    for (const name of ['report.html', 'report.json', 'grid.png', 'real.png', 'base.safetensors']) {
      assert.ok(file(whole, name).length > 100, name);
    }
  });

  it('tells the whole story in its journal, which the listener heard word for word', () => {
    const lines = new TextDecoder().decode(file(whole, 'journal.jsonl')).trim().split('\n');
    const journal = lines.map((line) => JSON.parse(line) as RunEvent);
    assert.deepEqual(journal, whole.events);
    const state = journal.reduce(reduceRun, initialRunState);
    assert.equal(state.status, 'finished');
    assert.deepEqual(
      state.variants.map(({ info, losses }) => [info.id, losses.length]),
      [
        ['full', 3],
        ['repeat-1', 2],
        ['repeat-2', 2],
        ['layer-main.2', 2],
        ['layer-fc', 2],
        ['layer-main.5', 2],
        ['final', 3],
      ],
    );
    assert.ok(state.variants.every(({ samples, evaluations }) => samples.length >= 2 && evaluations.length === 1));
    assert.deepEqual(
      state.variants[0]?.samples.map(({ step }) => step),
      [0, 2, 3],
    );
    assert.equal(state.progress?.stepsDone, 16);
    assert.equal(state.progress?.stepsTotal, 16);
    assert.ok((state.expected?.seconds ?? 0) > 0 && (state.expected?.bytes ?? 0) > 1e6);
    assert.equal(state.memory?.totalAfter, file(whole, 'model.safetensors').length);
    assert.ok(state.notes.some((note) => note.includes('read back from disk')));
  });

  it('cancelled anywhere and continued, ends with the same bytes as an uninterrupted one', async () => {
    // In the first variant before any checkpoint, after the last step of one, in the middle of the last.
    const points: readonly [string, number][] = [
      ['full', 1],
      ['layer-fc', 2],
      ['final', 2],
    ];
    for (const [variant, step] of points) {
      const cut = await runToy({ onEvent: at(variant, step, (control) => control.cancel()) });
      assert.ok(cut.outcome.ok && cut.outcome.value.status === 'cancelled', `${variant} ${step}`);
      assert.equal(cut.events.at(-1)?.type, 'cancelled');
      const rest = await runToy({ disk: cut.disk, folder: cut.folder });
      assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished', `${variant} ${step}`);
      assert.deepEqual(evaluations([...cut.events, ...rest.events]), evaluations(whole.events), `${variant} ${step}`);
      for (const name of ['model.safetensors', 'model.fp32.safetensors', 'grid.png']) {
        assert.deepEqual(file(rest, name), file(whole, name), `${name} after ${variant} ${step}`);
      }
    }
  });

  it('killed at any moment goes on from its last checkpoint to the same end', async () => {
    for (const [variant, step] of [
      ['layer-main.2', 1],
      ['final', 3],
    ] as const) {
      const killed = await runToy({
        onEvent: at(variant, step, () => {
          throw new Killed();
        }),
      });
      assert.ok(!killed.outcome.ok, 'the process died');
      assert.ok(killed.bugs[0] instanceof Killed);
      const rest = await runToy({ disk: killed.disk, folder: killed.folder });
      assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
      assert.deepEqual(file(rest, 'model.safetensors'), file(whole, 'model.safetensors'), `${variant} ${step}`);
    }
  });

  it('waits while paused, with everything saved, and goes on to the same end', async () => {
    const order: string[] = [];
    const paused = await runToy({
      onEvent: (event, control) => {
        if (isStep(event, 'repeat-1', 1)) control.pause();
        if (event.type !== 'paused' && event.type !== 'resumed' && event.type !== 'checkpoint') return;
        order.push(event.type);
        if (event.type === 'paused') setTimeout(() => control.resume(), 20);
      },
    });
    assert.ok(paused.outcome.ok && paused.outcome.value.status === 'finished');
    const pausedAt = order.indexOf('paused');
    assert.equal(order[pausedAt - 1], 'checkpoint');
    assert.equal(order[pausedAt + 1], 'resumed');
    assert.deepEqual(file(paused, 'model.safetensors'), file(whole, 'model.safetensors'));
  });

  it('stops when the loss is no number, before a sound checkpoint is overwritten', async () => {
    const prepared = await toySession();
    const { plan } = prepared;
    const optimizer = { ...plan.train.optimizer, learningRate: 1e20 };
    const wild = { ...prepared, plan: { ...plan, train: { ...plan.train, optimizer } } };
    const { outcome, events, disk, folder } = await runToy({ prepared: wild });
    assert.equal(problemOf(outcome).code, 'SWP_LOSS_NOT_FINITE');
    assert.equal(events.at(-1)?.type, 'failed');
    const names = [...disk.files().keys()].filter((name) => name.startsWith(path.join(folder, 'checkpoints')));
    assert.deepEqual(names, []);
  });

  it('keeps the last finite checkpoint when a later step blows up, and goes on from it', async () => {
    const cut = await runToy({ onEvent: at('full', 2, (control) => control.cancel()) });
    const checkpoints = () => [...cut.disk.files()].filter(([name]) => name.includes('checkpoints'));
    const before = checkpoints();
    assert.ok(before.length > 0);
    const prepared = await toySession();
    const optimizer = { ...prepared.plan.train.optimizer, learningRate: 1e20 };
    const train = { ...prepared.plan.train, optimizer, steps: 6 };
    const wild = { ...prepared, plan: { ...prepared.plan, train } };
    const blownUp = await runToy({ prepared: wild, disk: cut.disk, folder: cut.folder });
    assert.equal(problemOf(blownUp.outcome).code, 'SWP_LOSS_NOT_FINITE');
    assert.deepEqual(checkpoints(), before);
    const rest = await runToy({ disk: cut.disk, folder: cut.folder });
    assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
    assert.deepEqual(file(rest, 'model.safetensors'), file(whole, 'model.safetensors'));
  });

  const smallDisk = memoryDisk();

  it('says so when the disk is full during a checkpoint, and goes on when there is room', async () => {
    const full = await runToy({
      onEvent: (event) => {
        if (isStep(event, 'repeat-1', 1)) smallDisk.setCapacity(smallDisk.usedBytes() + 4_000);
      },
      disk: smallDisk,
    });
    assert.equal(problemOf(full.outcome).code, 'SWP_DISK_FULL');
    smallDisk.setCapacity(1e9);
    const rest = await runToy({ disk: smallDisk, folder: full.folder });
    assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
    assert.deepEqual(file(rest, 'model.safetensors'), file(whole, 'model.safetensors'));
  });

  it('finds the same on every backend, to rounding', async () => {
    const values = ({ events }: ToyRun) => events.flatMap((event) => (event.type === 'evaluation' ? [event.swd] : []));
    const expected = values(whole);
    for (const backend of ['wasm', 'onnxruntime'] as const) {
      assert.ok((await selectBackend({ backend, threads: 2 })).ok);
      try {
        const found = values(await runToy());
        assert.equal(found.length, expected.length);
        found.forEach((swd, i) => {
          assert.ok(
            Math.abs(swd / (expected[i] ?? NaN) - 1) < 0.02,
            `${backend}: ${found.join()} for ${expected.join()}`,
          );
        });
      } finally {
        await selectBackend({ backend: 'cpu', threads: null });
      }
    }
  });

  it('repeats bit for bit on the native backend too', async () => {
    assert.ok((await selectBackend({ backend: 'onnxruntime', threads: 2 })).ok);
    try {
      const native = await runToy();
      const cut = await runToy({ onEvent: at('layer-fc', 1, (control) => control.cancel()) });
      const rest = await runToy({ disk: cut.disk, folder: cut.folder });
      assert.ok(rest.outcome.ok && rest.outcome.value.status === 'finished');
      assert.deepEqual(file(rest, 'model.safetensors'), file(native, 'model.safetensors'));
    } finally {
      await selectBackend({ backend: 'cpu', threads: null });
    }
  });
});

class Killed extends Error {}

function isStep(event: RunEvent, variant: string, step: number): boolean {
  return event.type === 'step' && event.variant === variant && event.step === step;
}

/** Does something once, right after a step. */
function at(variant: string, step: number, action: (control: SessionControl, event: RunEvent) => void) {
  return (event: RunEvent, control: SessionControl): void => {
    if (isStep(event, variant, step)) action(control, event);
  };
}

function evaluations(events: readonly RunEvent[]) {
  const state = events.reduce(reduceRun, initialRunState);
  return state.variants.map(({ info, evaluations: points }) => [info.id, points]);
}

function problemOf(outcome: ToyRun['outcome']): Problem {
  assert.ok(!outcome.ok, 'a problem was expected');
  return outcome.problem;
}

function file({ disk, folder }: Pick<ToyRun, 'disk' | 'folder'>, name: string): Uint8Array {
  const bytes = disk.files().get(path.join(folder, name));
  assert.ok(bytes, `${name} is not in the run folder`);
  return bytes;
}
