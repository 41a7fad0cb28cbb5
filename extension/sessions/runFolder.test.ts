import assert from 'node:assert/strict';
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { record } from '../testing.ts';
import { RunFolder, runFolderOf } from './runFolder.ts';

const note = (seq: number): RunEvent => ({ type: 'note', text: `note ${seq}`, at: seq, seq });
const line = (event: RunEvent): string => `${JSON.stringify(event)}\n`;

describe('RunFolder', () => {
  let root = '';
  let folder = '';
  const { id } = record();
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slimwise-run-'));
    folder = join(root, id);
    mkdirSync(folder);
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record()));
  });
  afterEach(function () {
    this.timeout(60_000);
    rmSync(root, { recursive: true });
  });

  async function open(): Promise<RunFolder> {
    const opened = await RunFolder.open(folder);
    assert.ok(opened.ok);
    await opened.value.load();
    return opened.value;
  }

  it('follows the journal as it grows', async () => {
    writeFileSync(join(folder, 'journal.jsonl'), line(note(1)));
    const run = await open();
    assert.deepEqual(run.state.notes, ['note 1']);
    appendFileSync(join(folder, 'journal.jsonl'), line(note(2)));
    assert.deepEqual((await run.refresh()).events, [note(2)]);
    assert.deepEqual(run.state.notes, ['note 1', 'note 2']);
  });

  it('takes an event from the engine early, and the same one from the journal not again', async () => {
    writeFileSync(join(folder, 'journal.jsonl'), line(note(1)));
    const run = await open();
    assert.equal(run.receive(note(2)), true);
    appendFileSync(join(folder, 'journal.jsonl'), line(note(2)) + line(note(3)));
    assert.deepEqual((await run.refresh()).events, [note(3)]);
    assert.deepEqual(run.events, [note(1), note(2), note(3)]);
  });

  it('reads only the end of the journal until it is loaded, and lets go of it again', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => line(note(i + 1))).join('');
    const progress: RunEvent = {
      type: 'progress',
      stepsDone: 7,
      stepsTotal: 9,
      secondsLeft: 1,
      doing: '',
      at: 1,
      seq: 3_001,
    };
    writeFileSync(join(folder, 'journal.jsonl'), many + line(progress) + '{"type":"note","te');
    const opened = await RunFolder.open(folder);
    assert.ok(opened.ok);
    const run = opened.value;
    assert.deepEqual([run.loaded, run.events.length, run.state.progress?.stepsDone], [false, 0, 7]);
    assert.equal((await run.refresh()).changed, false);
    assert.equal(run.receive(note(3_002)), false, 'the journal will bring it');
    await run.load();
    assert.deepEqual([run.loaded, run.events.length, run.state.notes.length], [true, 3_001, 3_000]);
    await run.unload();
    assert.deepEqual([run.loaded, run.events.length, run.state.progress?.stepsDone], [false, 0, 7]);
  });

  it('lists 1,000 runs by the ends of their journals, however long those are', async function () {
    this.timeout(60_000);
    const journal = join(root, 'long.jsonl');
    const step = (seq: number): string =>
      line({ type: 'step', variant: 'full', step: seq, lossD: 0.5, lossG: 1.5, stepMs: 20, at: seq, seq });
    const lines = Array.from({ length: 20_000 }, (_, i) => step(i + 1));
    writeFileSync(journal, lines.join('') + line({ type: 'cancelled', at: 20_001, seq: 20_001 }));
    const folders = Array.from({ length: 1_000 }, (_, i) => {
      const name = `20261122-0000-${String(i).padStart(4, '0')}`;
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'run.json'), JSON.stringify(record({ id: name })));
      linkSync(journal, join(root, name, 'journal.jsonl'));
      return join(root, name);
    });
    const before = process.memoryUsage().heapUsed;
    const runs: RunFolder[] = [];
    for (const each of folders) {
      const opened = await RunFolder.open(each);
      assert.ok(opened.ok);
      runs.push(opened.value);
    }
    assert.equal(runs.filter(({ state, events }) => state.status === 'cancelled' && events.length === 0).length, 1_000);
    // All 20 million events would take gigabytes.
    assert.ok(process.memoryUsage().heapUsed - before < 300e6);
  });

  it('leaves an event that would make a gap to the journal', async () => {
    const run = await open();
    assert.equal(run.receive(note(2)), false);
    assert.deepEqual(run.events, []);
  });

  it('starts anew when the journal was replaced', async () => {
    writeFileSync(join(folder, 'journal.jsonl'), line(note(1)) + line(note(2)));
    const run = await open();
    writeFileSync(join(folder, 'journal.jsonl'), line({ ...note(1), at: 9 }));
    assert.equal((await run.refresh()).reset, true);
    assert.deepEqual(run.events, [{ ...note(1), at: 9 }]);
  });

  it('sees who holds the run, and a holder that is gone', async () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, startTime: null, host: hostname() }));
    const run = await open();
    assert.equal(run.held, true);
    assert.deepEqual([run.holder?.pid, run.holder?.host], [process.pid, hostname()]);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, startTime: '1', host: hostname() }));
    // A younger process has the id now; only Linux tells.
    if (process.platform === 'linux') assert.deepEqual([(await run.refresh()).changed, run.held], [true, false]);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, startTime: null, host: hostname() }));
    await run.refresh();
    assert.equal(run.held, false);
    writeFileSync(join(folder, 'lock'), '{"pid":');
    await run.refresh();
    assert.equal(run.held, false);
  });

  it('answers paths of its own files and nothing outside', async () => {
    const run = await open();
    assert.equal(run.fileInside('samples/full-000100.png'), join(folder, 'samples', 'full-000100.png'));
    for (const name of ['../x.png', 'samples/../../x', '/etc/passwd', '', '.', 'a\0b']) {
      assert.equal(run.fileInside(name), null, JSON.stringify(name));
    }
  });

  const broken: readonly (readonly [string, string])[] = [
    ['no JSON', '{"format":1'],
    ['a list', '[]'],
    ['a newer format', JSON.stringify({ ...record(), format: 2 })],
    ['another run’s record', JSON.stringify(record({ id: 'other' }))],
    ['a record without a name', JSON.stringify({ ...record(), name: undefined })],
    ['a status that is not one', JSON.stringify({ ...record(), status: 'flying' })],
  ];
  for (const [what, text] of broken) {
    it(`says that it cannot read ${what}`, async () => {
      writeFileSync(join(folder, 'run.json'), text);
      const opened = await RunFolder.open(folder);
      assert.equal(opened.ok ? '' : opened.problem.code, 'SWP_RUN_UNREADABLE');
    });
  }

  it('finds the run that a file belongs to', () => {
    const runs = join('ws', '.slimwise', 'runs');
    assert.equal(runFolderOf(join(runs, id, 'journal.jsonl')), join(runs, id));
    assert.equal(runFolderOf(join('runs', 'a', runs, id, 'samples', 'x.png')), join('runs', 'a', runs, id));
  });
});
