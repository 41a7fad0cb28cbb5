import assert from 'node:assert/strict';
import * as v from 'valibot';
import { deviceProfile, ownProfile, type DeviceProfile } from '../../core/devices.ts';
import { compressionPlanSchema } from '../../core/plan/compressionPlan.ts';
import { model } from '../testing.ts';
import { entryOf, imageFormOf, planDraft, planFileName } from './planDraft.ts';
import { parseBytes } from './parseBytes.ts';

function draft(device: DeviceProfile | undefined): v.InferOutput<typeof compressionPlanSchema> {
  assert.ok(device);
  const plan = planDraft({
    name: 'Mine',
    generator: { source: 'gan.py', entry: 'Generator(100)' },
    discriminator: { source: 'nets/d.py', entry: 'Discriminator()' },
    images: { path: 'data', size: 32, channels: 1 },
    device,
  });
  const parsed = v.safeParse(compressionPlanSchema, plan);
  assert.ok(parsed.success, JSON.stringify(parsed.issues));
  return parsed.output;
}

describe('planDraft', () => {
  it('makes a plan that the schema accepts', () => {
    const plan = draft(deviceProfile('phone'));
    assert.equal(plan.generator.entry, 'Generator(100)');
    assert.deepEqual([plan.budget, plan.devices], [{ device: 'phone' }, []]);
    assert.deepEqual(
      plan.stages.map(({ family }) => family),
      ['search', 'precision'],
    );
  });

  it('holds a device of the user’s own, which no plan knows by its id alone', () => {
    const board = ownProfile({ id: 'board', label: 'My board', budgetBytes: 30_000 });
    const { budget, devices } = draft(board);
    assert.deepEqual([budget, devices], [{ device: 'board' }, [board]]);
  });

  it('builds a model as its source does', () => {
    assert.equal(entryOf(model({ instantiation: 'Generator(opt.nz)' })), 'Generator(opt.nz)');
    assert.equal(entryOf(model({ instantiation: null })), 'Generator()');
  });

  it('reads the pictures from the output, in each framework’s layout', () => {
    assert.deepEqual(imageFormOf(model({ outputs: [[1, 3, 64, 64]] })), { size: 64, channels: 3 });
    assert.deepEqual(imageFormOf(model({ framework: 'keras', outputs: [[1, 32, 32, 1]] })), { size: 32, channels: 1 });
    for (const outputs of [[], [null], [[1, 10]], [[1, 3, 64, 32]], [[1, 3, '?', 64]], [[1, 4, 64, 64]]] as const) {
      assert.equal(imageFormOf(model({ outputs })), null, JSON.stringify(outputs));
    }
  });

  it('never takes the name of a plan that is there', () => {
    assert.equal(planFileName('gan.py', []), 'slimwise.json');
    assert.equal(planFileName('gan.py', ['slimwise.json']), 'slimwise.gan.json');
    const taken = ['slimwise.json', 'slimwise.gan.json'];
    assert.ok(!taken.includes(planFileName('gan.py', taken)));
  });
});

describe('parseBytes', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['4 MiB', 4 * 1024 ** 2],
    ['4mb', 4e6],
    ['1.5 KiB', 1536],
    ['65536', 65536],
    ['12 B', 12],
    ['0', null],
    ['-4 MB', null],
    ['four', null],
    ['', null],
  ];
  for (const [text, bytes] of cases) it(`reads '${text}'`, () => assert.equal(parseBytes(text), bytes));
});
