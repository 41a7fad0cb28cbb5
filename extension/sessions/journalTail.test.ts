import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalTail } from './journalTail.ts';

const note = (seq: number, text = `note ${seq}`) => `${JSON.stringify({ type: 'note', text, at: seq, seq })}\n`;

describe('JournalTail', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-journal-'));
    file = join(folder, 'journal.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const sequence = async (tail: JournalTail) => (await tail.read()).events.map((event) => event.seq);

  it('has no events where there is no journal yet', async () => {
    assert.deepEqual(await sequence(new JournalTail(file)), []);
  });

  it('reads each line once, however it is cut', async () => {
    const text = note(1) + note(2, 'Überraschung ×') + note(3);
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      writeFileSync(file, bytes.subarray(0, cut));
      const tail = new JournalTail(file);
      const first = await sequence(tail);
      appendFileSync(file, bytes.subarray(cut));
      assert.deepEqual([...first, ...(await sequence(tail))], [1, 2, 3], `cut at ${cut}`);
      assert.equal(tail.nBadLines, 0);
    }
  });

  it('goes on after a torn last line was repaired away', async () => {
    writeFileSync(file, note(1) + '{"type":"note","te');
    const tail = new JournalTail(file);
    assert.deepEqual(await sequence(tail), [1]);
    truncateSync(file, note(1).length);
    appendFileSync(file, note(2));
    assert.deepEqual(await sequence(tail), [2]);
  });

  it('says when the journal was replaced by a shorter one', async () => {
    writeFileSync(file, note(1) + note(2));
    const tail = new JournalTail(file);
    await tail.read();
    writeFileSync(file, note(1));
    assert.deepEqual(await tail.read(), { events: [{ type: 'note', text: 'note 1', at: 1, seq: 1 }], replaced: true });
  });

  it('passes over lines that are not events and counts them', async () => {
    writeFileSync(file, `${note(1)}not json\n[1]\n{"type":"later","at":1,"seq":2}\n\n${note(3)}`);
    const tail = new JournalTail(file);
    assert.deepEqual(await sequence(tail), [1, 3]);
    assert.equal(tail.nBadLines, 3);
  });
});
