/** `slimwise check` on plans: the sample passes, and what is wrong fails on its line. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { callCli } from './callCli.ts';

const sample = fileURLToPath(new URL('../../samples/dcgan/', import.meta.url));

describe('slimwise check on a plan', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-plan-'));
    copyFileSync(join(sample, 'dcgan_torch.py'), join(folder, 'dcgan_torch.py'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const printed = async (...args: readonly string[]): Promise<{ code: number; out: string }> => {
    const { code, out, err } = await callCli(folder, ['check', ...args]);
    return { code, out: out + err };
  };
  const check = async (plan: unknown, ...args: readonly string[]): Promise<{ code: number; out: string }> => {
    writeFileSync(join(folder, 'slimwise.json'), JSON.stringify(plan, null, 2));
    return printed('slimwise.json', ...args);
  };
  const plan = (): { stages: Record<string, unknown>[]; budget: unknown } =>
    JSON.parse(readFileSync(join(sample, 'slimwise.json'), 'utf8')) as never;

  it('lets a plan pass that fits its sources', async () => {
    assert.deepEqual(await check(plan()), { code: 0, out: '1 plan, 0 findings fail.\n' });
  });

  it('fails on names that no layer has, with their line', async () => {
    const wrong = plan();
    wrong.stages[1] = { ...wrong.stages[1], select: { names: ['main.22'] } };
    const { code, out } = await check(wrong);
    assert.equal(code, 1);
    assert.match(out, /^slimwise\.json:\d+ {2}warning SWP_PLAN_UNKNOWN_LAYER .*Did you mean "main\.2"/m);
    assert.equal((await check(wrong, '--fail-on', 'error')).code, 0);
    assert.match((await check(wrong, '--format', 'github')).out, /^::warning file=slimwise\.json,line=\d+,/);
  });

  it('fails on a budget that the plan cannot keep, and on a plan that does not run', async () => {
    const { code, out } = await check({ ...plan(), budget: { bytes: 1024 } });
    assert.equal(code, 1);
    assert.match(out, /warning SWP_PLAN_OVER_BUDGET .*still takes \d+ KiB, and the budget/);
    const broken = await check({ ...plan(), stages: [] }, '--fail-on', 'error');
    assert.equal(broken.code, 1);
    rmSync(join(folder, 'dcgan_torch.py'));
    assert.match((await check(plan())).out, /error SWP_SOURCE_NOT_FOUND/);
  });

  it('finds the plans of a folder, below it too, and judges them with its sources', async () => {
    const inFolder = (...args: readonly string[]) => printed('.', '--fail-on', 'error', ...args);
    writeFileSync(join(folder, 'slimwise.json'), JSON.stringify(plan(), null, 2));
    assert.deepEqual(await inFolder(), { code: 0, out: '2 models, 1 plan, 0 findings fail.\n' });
    mkdirSync(join(folder, 'more', 'node_modules'), { recursive: true });
    const broken = JSON.stringify({ ...plan(), stages: [] }, null, 2);
    writeFileSync(join(folder, 'more', 'slimwise.tiny.json'), broken);
    // Not ours to check: a settings file of another name, other people's code, a baseline.
    writeFileSync(join(folder, 'more', 'settings.json'), broken);
    writeFileSync(join(folder, 'more', 'node_modules', 'slimwise.json'), broken);
    writeFileSync(join(folder, 'slimwise-baseline.json'), '{"version": 1, "findings": []}');
    const { code, out } = await inFolder();
    assert.equal(code, 1);
    assert.match(out, /^more\/slimwise\.tiny\.json:\d+ {2}error SWP_PLAN_/m);
    assert.match(out, /2 models, 2 plans, 1 findings fail\./);
    assert.match((await inFolder('--format', 'github')).out, /^::error file=more\/slimwise\.tiny\.json,line=/m);
    const json = JSON.parse((await inFolder('--format', 'json')).out) as { failing: { file: string }[] };
    assert.deepEqual(
      json.failing.map(({ file }) => file),
      ['more/slimwise.tiny.json'],
    );
  });

  it('has a baseline for plans too, and exit code 2 where there is none', async () => {
    const wrong = { ...plan(), budget: { bytes: 1024 } };
    assert.equal((await check(wrong, '--update-baseline')).code, 0);
    assert.equal((await check(wrong)).code, 0);
    assert.equal((await printed('slimwise.none.json')).code, 2);
  });
});
