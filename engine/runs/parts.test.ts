/** Checkpoints of variants that train at once: apart from the run's own and from each other, as safe, and gone when done. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { memoryDisk } from './memoryDisk.ts';
import { content, latestStep, newRun, note, reopen } from './runStoreFixture.ts';
import { temporaryPrefix } from './writeAtomically.ts';

describe('parts of a run', () => {
  it('have checkpoints of their own, whatever a layer is called', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    assert.ok(run.writeCheckpoint(content(7)).ok);
    for (const [variant, step] of [
      ['layer-main.2', 3],
      ['layer-../../fc', 5],
    ] as const) {
      const written = run.writePart(variant, content(step));
      assert.ok(written.ok && /^parts\/layer-[A-Za-z0-9._~-]+\/(?:000000003|000000005)$/.test(written.value.folder));
    }
    assert.ok(run.writePart('layer-main.2', content(4)).ok);
    run.dispose();
    const { run: again } = reopen(disk, run.folder);
    assert.equal(latestStep(again), 7);
    assert.deepEqual(partStep(again, 'layer-main.2'), 4);
    assert.deepEqual(partStep(again, 'layer-../../fc'), 5);
    assert.equal(partStep(again, 'layer-fc'), null);
    again.removePart('layer-main.2');
    assert.equal(partStep(again, 'layer-main.2'), null);
    assert.deepEqual(partStep(again, 'layer-../../fc'), 5);
    const outside = [...disk.files().keys()].filter(
      (file) => !file.startsWith(run.folder) && !file.endsWith('.gitignore'),
    );
    assert.deepEqual(outside, []);
  });

  it('are the one before or the one written, wherever a kill cuts the writing, and nothing half is left', () => {
    const whole = memoryDisk();
    const run = newRun(whole);
    assert.ok(run.writePart('layer-a', content(1)).ok);
    const before = whole.nCalls();
    assert.ok(run.writePart('layer-a', content(2)).ok);
    const nCalls = whole.nCalls() - before;
    assert.ok(nCalls > 10);
    for (let failAt = before + 1; failAt <= before + nCalls; failAt++) {
      const disk = memoryDisk({ failAt, code: 'EIO' });
      const cut = newRun(disk);
      assert.ok(cut.writePart('layer-a', content(1)).ok);
      const confirmed = cut.writePart('layer-a', content(2)).ok;
      disk.losePower('synced');
      const { run: again } = reopen(disk, cut.folder);
      const step = partStep(again, 'layer-a');
      // A folder whose fsync failed was announced as uncertain; only then may a confirmed one be gone.
      const uncertain = disk.trace[failAt - 1]?.startsWith('syncFolder') === true;
      assert.ok(step === 2 || (step === 1 && (!confirmed || uncertain)), `call ${failAt}: step ${step}`);
      assert.ok(again.appendEvent(note('goes on')).ok && again.writePart('layer-a', content(3)).ok);
      const left = [...disk.files().keys()].filter(
        (file) => file.includes('/parts/') && path.basename(path.dirname(file)).startsWith(temporaryPrefix),
      );
      assert.deepEqual(left, []);
    }
  });
});

function partStep(run: ReturnType<typeof newRun>, variant: string): number | null {
  const read = run.readPart(variant);
  assert.ok(read.ok);
  assert.deepEqual(read.value.damaged, []);
  return read.value.checkpoint?.step ?? null;
}
