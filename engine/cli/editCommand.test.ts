/** `slimwise edit`, `fit` and `check` on real files, through the command line's own entry. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { callCli } from './callCli.ts';

const fixture = fileURLToPath(new URL('../../test/fixtures/edits/pytorch/before.py', import.meta.url));

describe('edit, fit and check on the command line', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-edit-'));
    copyFileSync(fixture, join(folder, 'generator.py'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const slimwise = (...args: readonly string[]) => callCli(folder, args);
  const source = (): string => readFileSync(join(folder, 'generator.py'), 'utf8');

  it('prints a diff that patch takes, and writes nothing unasked', async () => {
    const { code, out } = await slimwise('edit', 'generator.py', 'main.2=binarize', 'main.5=quantize:4');
    assert.equal(code, 0);
    assert.match(out, /^@@ -1,6 \+1,7 @@$/m);
    assert.match(out, /^-\s+nn\.ConvTranspose2d\(128, 64/m);
    assert.match(
      out,
      /^\+\s+binarize\(nn\.ConvTranspose2d\(128, 64, 4, stride=2, padding=1, bias=False\)\),  # 8 -> 16$/m,
    );
    assert.match(out, /weights 3\.73 MiB → 3\.19 MiB, MACs 14\.1M → 14\.1M/);
    assert.equal(source(), readFileSync(fixture, 'utf8'));
    assert.equal(existsSync(join(folder, 'slimwise_layers.py')), false);
  });

  it('writes the edit with its module, after which the analysis says so', async () => {
    const { code } = await slimwise('edit', 'generator.py', '--wise', '--write');
    assert.equal(code, 0);
    assert.equal(source().match(/binarize\(nn\./g)?.length, 3);
    assert.match(readFileSync(join(folder, 'slimwise_layers.py'), 'utf8'), /^# slimwise_layers 1 \(PyTorch\)/);
    const { out } = await slimwise('analyze', 'generator.py', '--json');
    const report = JSON.parse(out) as { models: { totals: { declaredBytes: number; bytes: { fp32: number } } }[] };
    const { declaredBytes, bytes } = report.models[0]?.totals ?? { declaredBytes: 0, bytes: { fp32: 0 } };
    assert.equal(bytes.fp32 - declaredBytes, 3_720_576);
  });

  it('refuses with a reason and exit code 1, and explains wrong usage', async () => {
    const refused = await slimwise('edit', 'generator.py', 'main.8=channels:9', '--write');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /The source stays as it is: it would change the output of the model to 9×32×32/);
    assert.equal(source(), readFileSync(fixture, 'utf8'));
    assert.match((await slimwise('edit', 'generator.py', 'main.8=smaller')).err, /'main\.8=smaller' is no action/);
    assert.match(
      (await slimwise('edit', 'generator.py', 'main.8=binarize', '--model', 'X')).err,
      /There are Generator/,
    );
  });

  it('fits a budget, says why, and edits the source to it', async () => {
    const { code, out } = await slimwise('fit', 'generator.py', '--budget', '200KiB');
    assert.equal(code, 0);
    assert.match(out, /Generator: 195 KiB of 200 KiB/);
    assert.match(out, /main\.8\s+32\s.*DoR −224; 8 bits would save 1\.50 KiB more/);
    assert.equal((await slimwise('fit', 'generator.py', '--budget', '200KiB', '--write')).code, 0);
    assert.match(source(), /quantize\(nn\.Conv2d\(/);
    const tooSmall = await slimwise('fit', 'generator.py', '--budget', '20KiB');
    assert.equal(tooSmall.code, 1);
    assert.match(tooSmall.err, /takes 18\d KiB even with one bit everywhere/);
  });

  it('gates a build: findings and budgets fail, a baseline keeps what is known', async () => {
    const first = await slimwise('check', '.', '--budget', '1MiB');
    assert.equal(first.code, 1);
    assert.match(first.out, /generator\.py:24 {2}warning SW101/);
    assert.match(first.out, /error SW301 {2}Generator takes 3\.73 MiB, over the budget \(1\.00 MiB\) by 2\.73 MiB/);
    const github = await slimwise('check', '.', '--format', 'github');
    assert.match(
      github.out,
      /^::warning file=generator\.py,line=24,col=13,title=Slimwise SW101::Degree of redundancy −224/,
    );
    assert.equal((await slimwise('check', '.', '--fail-on', 'error')).code, 0);
    assert.equal((await slimwise('check', '.', '--update-baseline')).code, 0);
    // Lines move; the baseline does not mind.
    writeFileSync(join(folder, 'generator.py'), `# a comment\n\n${source()}`);
    const known = await slimwise('check', '.');
    assert.equal(known.code, 0);
    assert.match(known.out, /1 models?, 0 findings fail, 1 known from the baseline/);
    assert.equal((await slimwise('check', '.', '--forbid', 'SW201')).code, 1);
    writeFileSync(join(folder, 'slimwise-baseline.json'), '{"findings": 3}');
    assert.match((await slimwise('check', '.')).err, /baseline cannot be read: it has no list of findings/);
  });
});
