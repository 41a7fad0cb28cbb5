/**
 * What the run store promises, on a disk in memory: one writer, nothing committed is lost, damage is seen
 * and named, and the order of writes is the promised one.
 */
import assert from 'node:assert/strict';
import { memoryDisk, type MemoryDisk } from './memoryDisk.ts';
import { listRuns, readRecord } from './readRecord.ts';
import { openRun } from './runStore.ts';
import {
  content,
  latestStep,
  newRun,
  note,
  ports,
  processes,
  record,
  reopen,
  runsFolder,
  startMs,
} from './runStoreFixture.ts';

describe('a run', () => {
  it('is a folder named by its time, kept out of git, with a record that reads back', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    assert.match(run.id, /^20261122-041530-[0-9a-f]{4}$/);
    assert.equal(run.folder, `${runsFolder}/${run.id}`);
    assert.deepEqual(readRecord(disk, run.folder), {
      ok: true,
      value: { ...record, format: 1, id: run.id, createdAt: '2026-11-22T04:15:30.000Z' },
    });
    assert.equal(new TextDecoder().decode(disk.files().get('/project/.slimwise/.gitignore')), '*\n');
  });

  it('takes another id when its own is taken', () => {
    const disk = memoryDisk();
    const sameWord = {
      ...ports(disk),
      randomWord: (() => {
        let n = 0;
        return () => (n++ < 2 ? 0 : 1 << 16);
      })(),
    };
    assert.notEqual(newRun(disk, sameWord).id, newRun(disk, sameWord).id);
  });

  it('numbers its events, also across openings', () => {
    const disk = memoryDisk();
    const first = newRun(disk);
    first.appendEvent(note('a'));
    first.appendEvent(note('b'));
    first.dispose();
    const { run, warnings } = reopen(disk, first.folder);
    run.appendEvent(note('c'));
    const journal = run.readJournal();
    assert.ok(journal.ok);
    assert.deepEqual(
      journal.value.events.map((event) => [event.seq, event.at, event.type === 'note' && event.text]),
      [
        [1, startMs, 'a'],
        [2, startMs, 'b'],
        [3, startMs, 'c'],
      ],
    );
    assert.deepEqual(warnings, []);
  });

  it('writes a checkpoint in the promised order', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    const before = disk.trace.length;
    run.writeCheckpoint(content(7));
    const temporary = '.tmp-000000007';
    const order = disk.trace.slice(before).filter((call) => !/^(open|stat|list|makeFolder|remove)/.test(call));
    assert.deepEqual(order, [
      `syncFolder ${run.id}`,
      `makeNewFolder ${temporary}`,
      ...['tensors.safetensors', 'state.json', 'manifest.json'].flatMap((name) => [`write ${name}`, `fsync ${name}`]),
      `syncFolder ${temporary}`,
      `rename ${temporary} 000000007`,
      'syncFolder checkpoints',
    ]);
  });

  it('replaces its record in the promised order', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    const before = disk.trace.length;
    assert.ok(run.updateRecord({ status: 'finished' }).ok);
    assert.deepEqual(disk.trace.slice(before), [
      'open replace .tmp-run.json',
      'write .tmp-run.json',
      'fsync .tmp-run.json',
      'rename .tmp-run.json run.json',
      `syncFolder ${run.id}`,
    ]);
    assert.equal(run.record().status, 'finished');
  });

  it('keeps the last two checkpoints, and both of a step that was reached twice', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    for (const step of [1, 2, 3, 3]) assert.ok(run.writeCheckpoint(content(step)).ok);
    assert.deepEqual(
      disk.list(`${run.folder}/checkpoints`).map(({ name }) => name),
      ['000000003', '000000003-2'],
    );
    assert.equal(latestStep(run), 3);
  });

  it('keeps samples and results under plain names, whatever a layer is called', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    const sample = run.writeSample('layer-../../etc/passwd', 25, Uint8Array.of(1, 2));
    assert.deepEqual(sample, { ok: true, value: 'samples/layer-..~2f..~2fetc~2fpasswd-000025.png' });
    assert.deepEqual(run.readImage('samples/layer-..~2f..~2fetc~2fpasswd-000025.png'), {
      ok: true,
      value: Uint8Array.of(1, 2),
    });
    assert.deepEqual(run.readImage('../../../etc/passwd.png'), { ok: true, value: null });
    assert.throws(() => run.writeArtifact('../outside', 'x'));
  });

  it('is not written after it was given back', () => {
    const run = newRun(memoryDisk());
    run.dispose();
    run.dispose();
    assert.throws(() => run.appendEvent(note('late')));
  });
});

describe('one writer', () => {
  it('refuses a second writer and names the first', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    const second = openRun(ports(disk, processes(2)), run.folder);
    assert.ok(
      !second.ok && second.problem.code === 'SWP_RUN_LOCKED' && second.problem.message.includes('Process 1 on here'),
    );
  });
  it('takes over from a process that died', () => {
    const disk = memoryDisk();
    const { run } = reopen(disk, newRun(disk).folder);
    assert.ok(run.appendEvent(note('mine')).ok);
  });
  it('does not take the lock of a successor away when it is given back late', () => {
    const disk = memoryDisk();
    const first = newRun(disk);
    const { run } = reopen(disk, first.folder);
    first.dispose();
    const third = openRun(ports(disk, processes(3)), run.folder);
    assert.ok(!third.ok && third.problem.code === 'SWP_RUN_LOCKED');
  });
  it('waits for a lock that is being written, and sweeps one that was never finished', () => {
    let now = 0;
    const disk = memoryDisk({ nowMs: () => now });
    const run = newRun(disk);
    run.dispose();
    disk.close(disk.open(`${run.folder}/lock`, 'exclusive'));
    const open = (nowMs: number) => openRun({ ...ports(disk, processes(2)), now: () => nowMs }, run.folder);
    assert.ok(!open(5_000).ok);
    now = 20_000;
    assert.ok(open(20_000).ok);
  });
  it('lists who holds a run, newest first, and passes junk over', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    const other = newRun(disk, { ...ports(disk), now: () => startMs + 60_000 });
    other.dispose();
    disk.makeFolder(`${runsFolder}/junk`);
    const handle = disk.open(`${runsFolder}/junk/run.json`, 'replace');
    disk.write(handle, new TextEncoder().encode('{"format":1,"id":7}'));
    disk.close(handle);
    const listed = listRuns(disk, processes(9), runsFolder);
    assert.ok(listed.ok);
    assert.deepEqual(
      listed.value.map(({ record: { id }, holder }) => [id, holder?.pid ?? null]),
      [
        [other.id, null],
        [run.id, 1],
      ],
    );
    assert.deepEqual(listRuns(disk, processes(9), '/nowhere'), { ok: true, value: [] });
  });
});

describe('a journal cut off at any byte', () => {
  it('keeps all complete lines, reports the tail once, and goes on cleanly', () => {
    const whole = memoryDisk();
    const source = newRun(whole);
    for (const text of ['first', 'sécond 🎨', 'third']) source.appendEvent(note(text));
    const file = `${source.folder}/journal.jsonl`;
    const bytes = whole.files().get(file) ?? new Uint8Array();
    assert.ok(bytes.length > 100);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const disk = memoryDisk();
      const run = newRun(disk);
      run.dispose();
      const handle = disk.open(`${run.folder}/journal.jsonl`, 'replace');
      disk.write(handle, bytes.subarray(0, cut));
      disk.close(handle);
      const nComplete = bytes.subarray(0, cut).filter((byte) => byte === 10).length;
      const torn = cut > 0 && bytes[cut - 1] !== 10;
      const opened = reopen(disk, run.folder);
      assert.deepEqual(
        opened.warnings.map(({ code }) => code),
        torn ? ['SWP_JOURNAL_TORN'] : [],
        `cut at ${cut}`,
      );
      opened.run.appendEvent(note('after'));
      const journal = opened.run.readJournal();
      assert.ok(journal.ok);
      assert.equal(journal.value.events.length, nComplete + 1);
      assert.equal(journal.value.events.at(-1)?.seq, nComplete + 1);
      assert.deepEqual(journal.value.problems, []);
    }
  });
  it('counts lines that are no events and keeps the others', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    run.appendEvent(note('a'));
    const handle = disk.open(`${run.folder}/journal.jsonl`, 'append');
    disk.write(handle, new TextEncoder().encode('{"type":"nonsense"}\nnot json\n'));
    disk.close(handle);
    run.dispose();
    const { run: again, warnings } = reopen(disk, run.folder);
    again.appendEvent(note('b'));
    const journal = again.readJournal();
    assert.ok(journal.ok);
    assert.deepEqual(
      journal.value.events.map(({ seq }) => seq),
      [1, 2],
    );
    assert.deepEqual(
      warnings.map(({ code, line }) => [code, line]),
      [['SWP_JOURNAL_DAMAGED', 2]],
    );
  });
});

describe('a damaged checkpoint', () => {
  it('is found whichever byte is flipped, cut or added, and the one before it is used', () => {
    const pristine = memoryDisk();
    const source = newRun(pristine);
    source.writeCheckpoint(content(1));
    source.writeCheckpoint(content(2));
    const folder = `${source.folder}/checkpoints/000000002`;
    const damages: { name: string; change: (bytes: Uint8Array) => Uint8Array }[] = [];
    for (const name of ['tensors.safetensors', 'state.json', 'manifest.json']) {
      const length = pristine.files().get(`${folder}/${name}`)?.length ?? 0;
      assert.ok(length > 0);
      for (let at = 0; at < length; at++) {
        damages.push({ name, change: (bytes) => bytes.map((byte, i) => (i === at ? byte ^ 0x20 : byte)) });
      }
      damages.push({ name, change: (bytes) => bytes.subarray(0, -1) });
      damages.push({ name, change: (bytes) => new Uint8Array([...bytes, 0]) });
    }
    for (const { name, change } of damages) {
      const file = `${folder}/${name}`;
      const good = pristine.read(file);
      overwrite(pristine, file, change(good));
      const latest = source.readLatestCheckpoint();
      assert.ok(latest.ok);
      // A letter of the manifest's own key names may change its case without harm only if it is still understood.
      if (latest.value.checkpoint?.step === 2) assert.fail(`damage to ${name} was not seen`);
      assert.equal(latest.value.checkpoint?.step, 1);
      assert.equal(latest.value.damaged[0]?.code, 'SWP_CHECKPOINT_DAMAGED');
      assert.equal(latest.value.damaged[0]?.path, folder);
      overwrite(pristine, file, good);
    }
    assert.equal(latestStep(source), 2);
  });
});

function overwrite(disk: MemoryDisk, file: string, bytes: Uint8Array): void {
  const handle = disk.open(file, 'replace');
  disk.write(handle, bytes);
  disk.close(handle);
}

describe('a full disk', () => {
  it('during a checkpoint leaves the previous one, removes the temporary folder, and says how much is needed', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    run.writeCheckpoint(content(1));
    disk.setCapacity(disk.usedBytes() + 40);
    const refused = run.writeCheckpoint(content(2));
    assert.ok(!refused.ok && refused.problem.code === 'SWP_DISK_FULL');
    assert.match(refused.problem.message, /\(\d{3} bytes\)/);
    assert.equal(refused.problem.path, `${run.folder}/checkpoints`);
    assert.deepEqual(
      disk.list(`${run.folder}/checkpoints`).map(({ name }) => name),
      ['000000001'],
    );
    assert.equal(latestStep(run), 1);
    disk.setCapacity(Infinity);
    assert.ok(run.writeCheckpoint(content(2)).ok);
    assert.equal(latestStep(run), 2);
  });
  it('in the middle of a journal line leaves no half line once there is room again', () => {
    const disk = memoryDisk();
    const run = newRun(disk);
    run.appendEvent(note('a'));
    disk.setCapacity(disk.usedBytes() + 10);
    const refused = run.appendEvent(note('b'));
    assert.ok(!refused.ok && refused.problem.code === 'SWP_DISK_FULL');
    disk.setCapacity(Infinity);
    run.appendEvent(note('c'));
    const journal = run.readJournal();
    assert.ok(journal.ok);
    assert.deepEqual(
      journal.value.events.map((event) => event.type === 'note' && event.text),
      ['a', 'c'],
    );
    assert.deepEqual(journal.value.problems, []);
  });
});

describe('records of other versions', () => {
  for (const [text, code] of [
    ['{"format":2}', 'SWP_RUN_TOO_NEW'],
    ['{"format":1}', 'SWP_RUN_RECORD_UNREADABLE'],
    ['[]', 'SWP_RUN_RECORD_UNREADABLE'],
    ['{"format":1,', 'SWP_RUN_RECORD_UNREADABLE'],
  ] as const) {
    it(`${text} is refused as ${code}`, () => {
      const disk = memoryDisk();
      const { folder } = newRun(disk);
      overwrite(disk, `${folder}/run.json`, new TextEncoder().encode(text));
      const opened = openRun(ports(disk, processes(2)), folder);
      assert.ok(!opened.ok && opened.problem.code === code);
    });
  }
  it('an absent run is a problem of its own', () => {
    const opened = openRun(ports(memoryDisk()), '/nowhere');
    assert.ok(!opened.ok && opened.problem.code === 'SWP_RUN_NOT_FOUND');
  });
});
