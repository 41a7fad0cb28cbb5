/**
 * Who may write a run, with the real processes of this machine and with twins of others: ids that were given out
 * again, machines that cannot be asked, and machines that slept.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { memoryDisk } from './memoryDisk.ts';
import { lockRefreshMs, realProcesses, silentLockIsStaleMs, type LockHolder, type ProcessPort } from './runLock.ts';
import { openRun } from './runStore.ts';
import { newRun, note, ports } from './runStoreFixture.ts';

const holder = (change: Partial<LockHolder>): LockHolder => ({ pid: 1, startTime: '1', host: 'here', ...change });

describe('the processes of this machine', () => {
  it('are alive while they run, and gone afterwards', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const of = holder({ pid: child.pid ?? 0, startTime: null, host: hostname() });
    assert.equal(realProcesses.isAlive(of), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(realProcesses.isAlive(of), false);
  });
  it('are told from later ones with the same id by their start', function () {
    if (process.platform !== 'linux') return;
    assert.equal(realProcesses.isAlive(realProcesses.self), true);
    assert.equal(realProcesses.isAlive({ ...realProcesses.self, startTime: '1' }), false);
  });
  it('say what they are', () => {
    assert.match(realProcesses.self.program ?? '', /^(an editor|a command line)$/);
  });
});

describe('a lock of another machine', () => {
  /** A run that a process elsewhere holds, at `now`. */
  function heldElsewhere(change: Partial<LockHolder>) {
    const clock = { now: 1e12 };
    const disk = memoryDisk({ nowMs: () => clock.now });
    const run = newRun(disk, { ...ports(disk), now: () => clock.now });
    const file = disk.open(`${run.folder}/lock`, 'replace');
    disk.write(file, new TextEncoder().encode(JSON.stringify(holder({ host: 'elsewhere', ...change }))));
    disk.close(file);
    const here: ProcessPort = { self: holder({ pid: 2 }), isAlive: ({ host }) => host !== 'here' };
    const take = () => openRun({ ...ports(disk), processes: here, now: () => clock.now }, run.folder);
    return { clock, disk, folder: run.folder, take };
  }

  it('is believed while it is refreshed, with a message that says who and where', () => {
    const { clock, disk, folder, take } = heldElsewhere({ refreshes: true, program: 'an editor' });
    for (let round = 0; round < 3; round++) {
      clock.now += silentLockIsStaleMs - 1;
      const refused = take();
      assert.equal(refused.ok ? '' : refused.problem.code, 'SWP_RUN_LOCKED');
      assert.match(
        refused.ok ? '' : refused.problem.message,
        /^Process 1 of an editor on elsewhere is working on this run/,
      );
      disk.touch(`${folder}/lock`);
    }
  });
  it('is taken over when its holder has been silent for long', () => {
    const { clock, take } = heldElsewhere({ refreshes: true });
    clock.now += silentLockIsStaleMs;
    assert.ok(take().ok);
  });
  it('of a version that refreshes nothing is always believed', () => {
    const { clock, take } = heldElsewhere({});
    clock.now += 1_000 * silentLockIsStaleMs;
    assert.equal(take().ok, false);
  });
});

describe('a machine that slept', () => {
  it('finds its run taken over, and writes nothing more into it', () => {
    const clock = { now: 1e12 };
    const disk = memoryDisk({ nowMs: () => clock.now });
    const on = (host: string, pid: number) => ({
      ...ports(disk),
      processes: { self: holder({ host, pid, refreshes: true }), isAlive: () => true },
      now: () => clock.now,
      repeat: (action: () => void, everyMs: number) => {
        assert.equal(everyMs, lockRefreshMs);
        beats.set(host, action);
        return () => void beats.delete(host);
      },
    });
    const beats = new Map<string, () => void>();
    const run = newRun(disk, on('laptop', 1));
    clock.now += lockRefreshMs;
    beats.get('laptop')?.();
    assert.ok(run.appendEvent(note('awake')).ok);

    clock.now += silentLockIsStaleMs;
    const other = openRun(on('server', 2), run.folder);
    assert.ok(other.ok, JSON.stringify(other));
    assert.ok(other.value.appendEvent(note('taken over')).ok);
    const late = run.appendEvent(note('awake again'));
    assert.equal(late.ok ? '' : late.problem.code, 'SWP_RUN_LOCK_LOST');
    run.dispose();
    assert.ok(other.value.appendEvent(note('still mine')).ok);
    const journal = other.value.readJournal();
    assert.ok(journal.ok);
    assert.deepEqual(
      journal.value.events.flatMap((event) => (event.type === 'note' ? [event.text] : [])),
      ['awake', 'taken over', 'still mine'],
    );
    other.value.dispose();
    assert.equal(beats.size, 0);
  });
});
