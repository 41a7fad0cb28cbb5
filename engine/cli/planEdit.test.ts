/** `slimwise edit --plan` on the sample's sources: both networks in one edit, and a reason for all that is not in it. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { LayerDecision } from '../../core/session/runEvent.ts';
import { createRun, realPorts } from '../runs/runStore.ts';
import { callCli } from './callCli.ts';

const sample = fileURLToPath(new URL('../../samples/dcgan/', import.meta.url));

interface Said {
  readonly models: readonly { model: string; before: { bytes: number }; after: { bytes: number; macs: number } }[];
  readonly alongside: readonly { model: string; name: string }[];
  readonly unsaid: readonly string[];
}

describe('slimwise edit --plan', () => {
  let folder = '';
  const original = readFileSync(join(sample, 'dcgan_torch.py'), 'utf8');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-by-plan-'));
    copyFileSync(join(sample, 'dcgan_torch.py'), join(folder, 'dcgan_torch.py'));
    copyFileSync(join(sample, 'slimwise.json'), join(folder, 'slimwise.json'));
    writeFileSync(join(folder, 'requirements.txt'), 'torch\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const slimwise = (...args: readonly string[]) => callCli(folder, args);
  const withStages = (stages: readonly unknown[]): void => {
    const plan = JSON.parse(readFileSync(join(sample, 'slimwise.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(folder, 'slimwise.json'), JSON.stringify({ ...plan, stages }));
  };
  const source = (): string => readFileSync(join(folder, 'dcgan_torch.py'), 'utf8');

  it('binarizes generator and discriminator in one edit, and says what a run would decide', async () => {
    const { code, out } = await slimwise('edit', '--plan', 'slimwise.json', '--write');
    assert.equal(code, 0);
    assert.match(out, /^Generator: weights 4\.09 MiB → 174 KiB/m);
    assert.match(out, /^Discriminator: weights /m);
    assert.match(out, /^Changed too, because the same lines build them: Discriminator features\.0\.$/m);
    assert.match(out, /^ {2}Generator: find: a search needs a run/m);
    assert.equal(source().match(/binarize\(nn\./g)?.length, 5);
    assert.ok(existsSync(join(folder, 'slimwise_layers.py')));
    // What is so already is not said again, and nothing is left to do.
    const again = await slimwise('edit', '--plan', 'slimwise.json');
    assert.equal(again.code, 1);
    assert.match(again.err, /nothing that the plan says of its sources is left to do/);
  });

  it('takes the layers that the newest finished run of the plan accepted', async () => {
    const planPath = join(folder, 'slimwise.json');
    const run = createRun(
      realPorts(() => undefined),
      join(folder, '.slimwise', 'runs'),
      {
        name: 'run',
        status: 'finished',
        planPath,
        plan: {},
        short: false,
        backend: 'cpu',
        threads: 1,
        seed: 1,
        sources: {},
        data: { fingerprint: 'f', nImages: 8 },
        versions: {},
        summary: null,
      },
    );
    assert.ok(run.ok);
    for (const [layer, accepted] of [
      ['main.2', true],
      ['main.5', false],
    ] as const)
      // prettier-ignore
      assert.ok(run.value.appendEvent({ type: 'decision', decision: decision(layer, accepted) }).ok);
    run.value.dispose();
    const { code, out } = await slimwise('edit', '--plan', 'slimwise.json');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`The search is decided: run ${run.value.id} accepted main\\.2\\.`));
    assert.match(out, /^\+ +binarize\(nn\.ConvTranspose2d\(width \* 4, width \* 2/m);
    assert.doesNotMatch(out, /^\+.*binarize\(nn\.ConvTranspose2d\(width \* 2, width, /m);
  });

  it('prunes, factors and quantizes together, and names every stage that a source cannot have', async () => {
    const select = { names: ['main.2'] };
    const both = { module: 'G', select };
    const magnitude = (quantile: number) => ({ type: 'magnitude', threshold: { quantile } });
    withStages([
      { id: 'thin', family: 'prune', criterion: magnitude(0.25), granularity: 'channel', ...both },
      { id: 'sparse', family: 'prune', criterion: magnitude(0.5), granularity: 'weight', ...both },
      { id: 'factor', family: 'lowRank', method: 'svd', rank: { abs: 16 }, ...both },
      { id: 'energy', family: 'lowRank', method: 'svd', rank: { energy: 0.9 }, ...both },
      { id: 'few', family: 'precision', rep: { kind: 'int', bits: 4 }, ...both },
      { id: 'zip', family: 'lossless', entropy: 'huffman', module: 'G' },
    ]);
    const { code, out } = await slimwise('edit', '--plan', 'slimwise.json', '--json', '--write');
    assert.equal(code, 0);
    assert.match(
      source(),
      /quantize\(low_rank\(nn\.ConvTranspose2d\(width \* 4, 96, .*\), 16\), 4\),\n +nn\.BatchNorm2d\(96\)/,
    );
    const said = JSON.parse(out) as Said;
    assert.deepEqual(
      said.unsaid.map((why) => why.split(': ').slice(0, 2)),
      [
        ['Generator', 'sparse'],
        ['Generator', 'energy'],
        ['Generator', 'zip'],
      ],
    );
    const analyzed = await slimwise('analyze', 'dcgan_torch.py', '--json');
    const report = JSON.parse(analyzed.out) as {
      models: { name: string; totals: { declaredBytes: number; macs: number } }[];
    };
    const [edited] = said.models;
    const model = report.models.find(({ name }) => name === edited?.model);
    assert.deepEqual([model?.totals.declaredBytes, model?.totals.macs], [edited?.after.bytes, edited?.after.macs]);
  });

  it('does what it can where a layer refuses, and changes nothing where all do', async () => {
    const magnitude = { type: 'magnitude', threshold: { quantile: 0.5 } };
    withStages([{ id: 'thin', family: 'prune', criterion: magnitude, granularity: 'filter', module: 'G' }]);
    const { code, out } = await slimwise('edit', '--plan', 'slimwise.json');
    assert.equal(code, 0);
    assert.match(out, /Generator: thin: main\.8 as before: so small a share of 1 channels is none/);
    withStages([{ id: 'zip', family: 'lossless', module: 'G' }]);
    const refused = await slimwise('edit', '--plan', 'slimwise.json', '--write');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /zip: lossless is no edit of a source/);
    assert.equal(source(), original);
    writeFileSync(join(folder, 'slimwise.json'), '{"schema": 1, "stagez": []}');
    const broken = await slimwise('edit', '--plan', 'slimwise.json');
    assert.equal(broken.code, 2);
    assert.match(broken.err, /SWP_PLAN_/);
    assert.equal((await slimwise('edit', 'dcgan_torch.py', '--plan', 'slimwise.json')).code, 2);
  });
});

function decision(layer: string, accepted: boolean): LayerDecision {
  return {
    layer,
    type: 'ConvTranspose2d',
    dor: 1,
    formula: 'deconv',
    swdBefore: 40,
    swdAfter: 41,
    noise: 1,
    threshold: 2,
    accepted,
    tried: true,
    why: '',
  };
}
