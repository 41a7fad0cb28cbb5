/**
 * Every disk call of a session fails once, with every code that matters, and power is lost after it: the
 * session ends in a problem with words or goes on, and what was confirmed as committed is there afterwards.
 */
import assert from 'node:assert/strict';
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { memoryDisk, type MemoryDisk } from './memoryDisk.ts';
import { createRun, openRun } from './runStore.ts';
import { content, latestStep, note, ports, processes, record, reopen, runsFolder } from './runStoreFixture.ts';

/** What a session does with its run; stops at the first problem. */
function session(disk: MemoryDisk): {
  problem: Problem | null;
  folder: string | null;
  lastStep: number;
  warnings: Problem[];
} {
  const from = ports(disk);
  const created = createRun(from, runsFolder, record);
  if (!created.ok) return { problem: created.problem, folder: null, lastStep: 0, warnings: from.warnings };
  const run = created.value;
  let lastStep = 0;
  const problem = (() => {
    for (let step = 1; step <= 3; step++) {
      const written =
        firstProblem(run.appendEvent(note(`step ${step}`)), run.writeSample('full', step, Uint8Array.of(1))) ??
        firstProblem(run.writeCheckpoint(content(step)));
      if (written !== null) return written;
      lastStep = step;
      const updated = firstProblem(run.updateRecord({ status: 'paused' }));
      if (updated !== null) return updated;
    }
    return null;
  })();
  return { problem, folder: run.folder, lastStep, warnings: from.warnings };
}

describe('when the n-th disk call fails', () => {
  for (const code of ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE', 'EBUSY']) {
    it(`with ${code}, a session ends in a problem or goes on, and what was committed is still there`, () => {
      const nCalls = countCalls();
      assert.ok(nCalls > 100);
      for (let failAt = 1; failAt <= nCalls; failAt++) {
        const disk = memoryDisk({ failAt, code });
        const { problem, folder, lastStep } = session(disk);
        if (problem !== null) assert.match(problem.code, /^SWP_(DISK_FULL|DISK_REFUSED|RUN_LOCKED)$/);
        if (folder === null) {
          assert.ok(problem);
          continue;
        }
        const { run } = reopen(disk, folder);
        const step = latestStep(run) ?? 0;
        assert.ok(step >= lastStep, `call ${failAt}: step ${step} of ${lastStep}`);
        const journal = run.readJournal();
        assert.ok(journal.ok && journal.value.problems.length === 0);
        assert.ok(run.writeCheckpoint(content(99)).ok && latestStep(run) === 99);
      }
    });
  }

  for (const survives of ['synced', 'names'] as const) {
    it(`and power is lost right after (${survives} survive), the last confirmed checkpoint is sound`, () => {
      const nCalls = countCalls();
      let nCertain = 0;
      for (let failAt = 1; failAt <= nCalls; failAt++) {
        const disk = memoryDisk({ failAt });
        const { folder, lastStep, warnings } = session(disk);
        if (folder === null) continue;
        disk.losePower(survives);
        const opened = openRun(ports(disk, processes(2, new Set([1]))), folder);
        // A name whose folder's fsync failed was announced as uncertain; only then may it be gone.
        const uncertain = warnings.some(({ code }) => code === 'SWP_DURABILITY_UNCERTAIN');
        const step = opened.ok ? (latestStep(opened.value) ?? 0) : -1;
        assert.ok(
          uncertain || step >= lastStep,
          `call ${failAt} ${disk.trace[failAt - 1]}: step ${step} of ${lastStep}`,
        );
        nCertain += uncertain ? 0 : 1;
      }
      assert.ok(nCertain > nCalls / 2);
    });
  }

  function countCalls(): number {
    const disk = memoryDisk();
    assert.equal(session(disk).problem, null);
    return disk.nCalls();
  }
});

function firstProblem(...results: readonly Result<unknown>[]): Problem | null {
  for (const result of results) if (!result.ok) return result.problem;
  return null;
}
