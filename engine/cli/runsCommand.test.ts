/** Runs on the command line, on a real disk: compared, figured and renamed; each answer names what it is about. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { RunEventBody } from '../../core/session/runEvent.ts';
import { encodeGrid } from '../formats/png.ts';
import { createRun, openRun, realPorts, type NewRunRecord } from '../runs/runStore.ts';
import { callCli } from './callCli.ts';
import { runsCommand } from './runsCommand.ts';

describe('slimwise runs', function () {
  this.timeout(30_000);
  let folder = '';
  const ids: string[] = [];

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slimwise-runs-'));
    for (const [seed, swd] of [
      [1, 36],
      [2, 41],
    ] as const) {
      const made = createRun(
        realPorts(() => undefined),
        path.join(folder, '.slimwise', 'runs'),
        record(seed),
      );
      assert.ok(made.ok);
      const run = made.value;
      const variant = {
        id: 'full',
        label: 'Full precision',
        kind: 'full',
        layersG: [],
        layersD: [],
        steps: 2,
      } as const;
      const png = encodeGrid(
        { values: new Float32Array(16), nImages: 1, height: 4, width: 4, channels: 1 },
        { columns: 1, gap: 0 },
      );
      const file = run.writeSample('full', 0, png);
      assert.ok(file.ok);
      const bodies: RunEventBody[] = [
        { type: 'variant', variant },
        { type: 'sample', variant: 'full', step: 0, file: file.value },
        { type: 'step', variant: 'full', step: 1, lossD: 1, lossG: 2, stepMs: 250 },
        { type: 'step', variant: 'full', step: 2, lossD: 1, lossG: 2, stepMs: 250 },
        { type: 'evaluation', variant: 'full', step: 2, swd, levels: [{ resolution: 32, swd }], nImages: 8 },
      ];
      for (const body of bodies) assert.ok(run.appendEvent(body).ok);
      run.dispose();
      ids.push(run.id);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const slimwise = (...args: readonly string[]) => callCli(folder, args, { run: runsCommand.run });

  it('compares runs by id or the end of one, as table, CSV and a page with their grids', async () => {
    const [first = '', second = ''] = ids;
    const { code, out, err } = await slimwise('compare', first, second.slice(-8), '--csv', 'c.csv', '--html', 'c.html');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /Seed 1 run .*36\.0 \(n = 1\).*0\.250\s+1\n/);
    assert.match(out, /seed\s+1\s+2\n/);
    const csv = readFileSync(path.join(folder, 'c.csv'), 'utf8');
    assert.match(csv, new RegExp(`^run,name,.*\\r\\n${first},`));
    const page = readFileSync(path.join(folder, 'c.html'), 'utf8');
    assert.equal([...page.matchAll(/<img data-step="0"/g)].length, 2);
    assert.doesNotMatch(page.replace(/base64,[A-Za-z0-9+/=]+/g, ''), /NaN|undefined|Infinity/);
  });

  it('draws the document’s figures of a run, and says what the others need', async () => {
    const { code, err } = await slimwise('figures', ids[0] ?? '', '--html', 'f.html');
    assert.deepEqual([code, err], [0, '']);
    const page = readFileSync(path.join(folder, 'f.html'), 'utf8');
    assert.match(page, /Figures that need another run \(\d+\)/);
    assert.ok(page.includes('Fig. 2') && page.includes('Table IV'));
  });

  it('names what it cannot find, and which runs a short name fits', async () => {
    assert.match(
      (await slimwise('compare', 'nothing-like-it')).err,
      /No run here is called 'nothing-like-it'.*SWP_CLI_RUN_UNKNOWN/s,
    );
    assert.match((await slimwise('compare', (ids[0] ?? '').slice(0, 8))).err, /fits 2 runs.*SWP_CLI_RUN_AMBIGUOUS/s);
    assert.equal((await slimwise('compare')).code, 2);
    assert.equal((await slimwise('figures', ids[0] ?? '')).code, 2);
    assert.equal(existsSync(path.join(folder, 'undefined')), false);
  });

  it('renames a run, unless somebody works on it: then it says who', async () => {
    const [first = ''] = ids;
    assert.deepEqual(await slimwise('rename', first, ' Better name '), {
      code: 0,
      out: `${first} is now called 'Better name'.\n`,
      err: '',
    });
    const held = openRun(
      realPorts(() => undefined),
      path.join(folder, '.slimwise', 'runs', first),
    );
    assert.ok(held.ok);
    assert.equal(held.value.record().name, 'Better name');
    const refused = await slimwise('rename', first, 'Other');
    held.value.dispose();
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      new RegExp(`Process ${process.pid} of .* on .* is working on this run.*SWP_RUN_LOCKED`, 's'),
    );
  });
});

function record(seed: number): NewRunRecord {
  return {
    name: `Seed ${seed} run`,
    status: 'finished',
    planPath: '/plans/slimwise.json',
    plan: { seed, data: { images: 'x' } },
    short: false,
    backend: 'cpu',
    threads: 1,
    seed,
    sources: {},
    data: { fingerprint: 'f', nImages: 8 },
    versions: {},
    summary: null,
  };
}
