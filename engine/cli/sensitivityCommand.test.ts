import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import { toyProject, type ToyProject } from '../session/toyProject.ts';
import { callCli } from './callCli.ts';

describe('slimwise sensitivity', function () {
  this.timeout(240_000);
  let project: ToyProject;

  before(() => {
    project = toyProject({ train: { steps: 2, batch: 4 }, stages: [{ id: 'b', family: 'precision', rep: { kind: 'binary' }, steps: 1 }] }); // prettier-ignore
  });
  after(() => project.dispose());

  it('measures every layer of the plan’s newest finished run, and keeps the table beside the plan', async () => {
    const early = await slimwise(['sensitivity', 'slimwise.json'], project);
    assert.equal(early.code, 2);
    assert.match(early.err, /SWP_NO_FINISHED_RUN/);

    assert.equal((await slimwise(['run', 'slimwise.json', '--backend', 'cpu'], project)).code, 0);
    const measured = await slimwise(['sensitivity', 'slimwise.json', '--backend', 'cpu'], project);
    assert.equal(measured.code, 0, measured.err);
    assert.match(measured.out, /main\.2 +\d/);

    const file = parseSensitivity(readFileSync(path.join(project.folder, '.slimwise', 'sensitivity.json'), 'utf8'));
    const [network] = file?.networks ?? [];
    assert.equal(network?.file, 'toy.py');
    assert.equal(network.model, 'Generator');
    assert.deepEqual(network.layers.map(({ name }) => name).sort(), ['main.2', 'main.5', 'project']);
    for (const { name, bits } of network.layers) {
      assert.deepEqual(bits.map((row) => row.bits), [1, 2, 4, 8]); // prettier-ignore
      const psnrs = bits.map(({ psnr }) => psnr);
      assert.ok(psnrs.every((psnr, i) => i < 2 || psnr > (psnrs[i - 1] ?? 0)), `${name}: ${psnrs.join(' ')}`); // prettier-ignore
      assert.ok(bits.every(({ swd, rise }) => Math.abs(swd - rise - network.swd) < 1e-9));
    }
  });
});

const slimwise = (args: readonly string[], { folder }: ToyProject) => callCli(folder, args);
