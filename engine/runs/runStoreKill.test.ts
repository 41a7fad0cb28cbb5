/**
 * Real processes on the real disk. One is killed with SIGKILL at a random moment while it writes checkpoints,
 * again and again on the same run: every time the run opens, the last confirmed checkpoint is there and
 * sound, and the journal has no gap. Several race for a run whose holder was killed: one wins.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { float32Values } from '../formats/safetensors.ts';
import { rng } from '../random/rng.ts';
import { realDisk } from './diskPort.ts';
import { createRun, openRun, realPorts } from './runStore.ts';
import { record } from './runStoreFixture.ts';

/** `npm run test:kills` sets 100. */
const nKills = Number(process.env['SLIMWISE_KILLS'] ?? 30);

describe('kill −9 during checkpoints', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slimwise-kill-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`loses nothing that was confirmed, ${nKills} times`, async function () {
    this.timeout(nKills * 5_000);
    const writer = bundle('killedWriter');
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

  it('lets exactly one of several processes take over, whose holder was killed', async function () {
    this.timeout(60_000);
    const racer = bundle('lockRacer');
    const ports = realPorts(() => undefined);
    const created = createRun(ports, path.join(folder, 'raced'), record);
    assert.ok(created.ok);
    created.value.dispose();
    for (let round = 0; round < 3; round++) {
      const startAt = String(Date.now() + 1_000);
      const racers: readonly ChildProcessByStdio<Writable, Readable, null>[] = Array.from({ length: 4 }, () =>
        spawn(process.execPath, [racer, created.value.folder, startAt], { stdio: ['pipe', 'pipe', 'inherit'] }),
      );
      const words = await Promise.all(
        racers.map(async ({ stdout }) => {
          const [text] = (await once(stdout, 'data')) as [Buffer];
          return text.toString().trim();
        }),
      );
      assert.deepEqual(words.sort(), ['SWP_RUN_LOCKED', 'SWP_RUN_LOCKED', 'SWP_RUN_LOCKED', 'won'], `round ${round}`);
      await Promise.all(
        racers.map((child) => {
          const closed = new Promise((resolve) => child.once('close', resolve));
          child.kill('SIGKILL');
          return closed;
        }),
      );
    }
  });

  /** One file that runs without the TypeScript loader, which would take most of the test's time. */
  function bundle(name: string): string {
    const outfile = path.join(folder, `${name}.mjs`);
    const entryPoints = [fileURLToPath(new URL(`${name}.ts`, import.meta.url))];
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
    return outfile;
  }
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
