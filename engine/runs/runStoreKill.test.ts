/**
 * A process is killed with SIGKILL at a random moment while it writes checkpoints on the real disk, again
 * and again on the same run: every time the run opens, the last confirmed checkpoint is there and sound,
 * and the journal has no gap.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { float32Values } from '../formats/safetensors.ts';
import { rng } from '../random/rng.ts';
import { realDisk } from './diskPort.ts';
import { createRun, openRun, realPorts } from './runStore.ts';
import { record } from './runStoreFixture.ts';

/** More with SLIMWISE_KILLS=100. */
const nKills = Number(process.env['SLIMWISE_KILLS'] ?? 30);

describe('kill −9 during checkpoints', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slimwise-kill-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`loses nothing that was confirmed, ${nKills} times`, async function () {
    this.timeout(nKills * 5_000);
    const writer = path.join(folder, 'killedWriter.mjs');
    buildSync({
      entryPoints: [fileURLToPath(new URL('killedWriter.ts', import.meta.url))],
      outfile: writer,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const ports = realPorts((problem) => assert.equal(problem.code, 'SWP_JOURNAL_TORN'));
    const created = createRun(ports, path.join(folder, 'runs'), record);
    assert.ok(created.ok);
    created.value.dispose();
    const delays = rng(1, 0, 'kill delays');
    let confirmed = 0;
    for (let kill = 1; kill <= nKills; kill++) {
      confirmed = await killAfter(writer, created.value.folder, 1 + delays.int(40), confirmed);
      const opened = openRun(ports, created.value.folder);
      assert.ok(opened.ok, JSON.stringify(opened));
      const run = opened.value;
      const latest = run.readLatestCheckpoint();
      assert.ok(latest.ok && latest.value.checkpoint !== null, JSON.stringify(latest));
      assert.deepEqual(latest.value.damaged, []);
      const { step, tensors } = latest.value.checkpoint;
      assert.ok(step === confirmed || step === confirmed + 1, `kill ${kill}: step ${step} of ${confirmed}`);
      const tensor = tensors.get('w');
      assert.ok(tensor && float32Values(tensor).every((value) => value === step));
      const journal = run.readJournal();
      assert.ok(journal.ok && journal.value.events.every((event, i) => event.seq === i + 1));
      run.dispose();
      confirmed = step;
    }
    assert.ok(confirmed >= nKills);
    const left = readdirSync(path.join(created.value.folder, 'checkpoints'));
    assert.ok(left.length <= 3 && left.every((name) => !name.startsWith('.')), left.join(' '));
    assert.equal(realDisk.stat(path.join(created.value.folder, 'lock')), null);
  });
});

/** Kills the writer some time after its first confirmation; answers the last step that it confirmed. */
async function killAfter(writer: string, run: string, delayMs: number, before: number): Promise<number> {
  const child = spawn(process.execPath, [writer, run], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  const first = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      resolve();
    });
    child.once('exit', () => resolve());
  });
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const closed = new Promise((resolve) => child.once('close', resolve));
  await first;
  await wait(delayMs);
  child.kill('SIGKILL');
  await closed;
  assert.equal(complaint, '');
  const steps = said.split('\n').slice(0, -1).map(Number);
  return steps.at(-1) ?? before;
}
