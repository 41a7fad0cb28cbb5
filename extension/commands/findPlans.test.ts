import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findPlans, isPlanFile } from './findPlans.ts';

describe('findPlans', () => {
  let top = '';
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'slimwise-plans-'));
    mkdirSync(join(top, 'nets', 'deep'), { recursive: true });
  });
  afterEach(() => rmSync(top, { recursive: true }));

  const plan = (path: string, source: string, name?: string) =>
    writeFileSync(join(top, path), JSON.stringify({ name, generator: { source }, discriminator: { source: 'd.py' } }));
  const names = async (source: string) => (await findPlans(join(top, source), top)).map(({ path }) => basename(path));

  it('finds the plan beside the file, by either network', async () => {
    plan('slimwise.json', 'g.py', 'Mine');
    assert.deepEqual(await findPlans(join(top, 'g.py'), top), [{ path: join(top, 'slimwise.json'), name: 'Mine' }]);
    assert.deepEqual(await names('d.py'), ['slimwise.json']);
  });

  it('finds a plan above that names the file', async () => {
    plan('slimwise.json', 'nets/deep/g.py');
    assert.deepEqual(await names('nets/deep/g.py'), ['slimwise.json']);
  });

  it('passes over plans of other files, broken plans and other JSON', async () => {
    plan('slimwise.json', 'other.py');
    writeFileSync(join(top, 'slimwise.broken.json'), '{');
    writeFileSync(join(top, 'slimwise.list.json'), '[]');
    plan('package.json', 'g.py');
    assert.deepEqual(await names('g.py'), []);
  });

  it('lists the plain name first', async () => {
    plan('slimwise.keras.json', 'g.py');
    plan('slimwise.json', 'g.py');
    assert.deepEqual(await names('g.py'), ['slimwise.json', 'slimwise.keras.json']);
  });

  it('does not look above the workspace', async () => {
    plan('slimwise.json', 'nets/g.py');
    assert.deepEqual(await findPlans(join(top, 'nets', 'g.py'), join(top, 'nets')), []);
  });

  it('knows a plan by its name', () => {
    assert.ok(isPlanFile('/a/slimwise.json') && isPlanFile('/a/slimwise.keras.json'));
    assert.ok(!isPlanFile('/a/slimwise.schema.js') && !isPlanFile('/a/myslimwise.json'));
  });
});
