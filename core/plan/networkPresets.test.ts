/** Plans that name a published network: what stands in for what they leave out, and what is wrong with some. */
import assert from 'node:assert/strict';
import { planJsonSchema } from './jsonSchema.ts';
import { presetText } from './networkPresets.ts';
import { checkPlan, validatePlan } from './validatePlan.ts';

const plan = {
  schema: 1,
  network: 'dcgan-512',
  data: { images: 'faces', size: 64, channels: 3 },
  stages: [{ id: 'table', family: 'settings' }],
};

describe('a plan with a published network', () => {
  it('has its networks, latents, batch and updates of G, and keeps what it says itself', () => {
    const own = { ...plan, train: { batch: 16 } };
    const valid = validatePlan(JSON.stringify(own), 'slimwise.json');
    assert.ok(valid.ok, valid.ok ? '' : valid.problem.message);
    const { generator, discriminator, train } = valid.value.plan;
    assert.deepEqual(generator, {
      source: 'preset:dcgan-512',
      entry: 'Generator(width=64, start=4, channels=3, project_norm=True, momentum=0.1)',
      input: [1, 100],
    });
    assert.deepEqual(discriminator.input, [1, 3, 64, 64]);
    assert.deepEqual([train.batch, train.generatorSteps, train.latents], [16, 2, 'uniform']);
    assert.ok(presetText(generator.source)?.includes('class Generator'));
  });

  it('reads the same when it is written down filled in, as a run does', () => {
    const first = validatePlan(JSON.stringify(plan), 'slimwise.json');
    assert.ok(first.ok);
    const again = validatePlan(JSON.stringify(first.value.plan), 'slimwise.json');
    assert.ok(again.ok);
    assert.deepEqual(again.value.plan, first.value.plan);
  });

  it('has one update of G per step and no normalized projection in the 1024-channel one', () => {
    const valid = validatePlan(JSON.stringify({ ...plan, network: 'dcgan-1024' }), 'slimwise.json');
    assert.ok(valid.ok);
    assert.match(valid.value.plan.generator.entry, /width=128, .*project_norm=False/);
    assert.match(valid.value.plan.discriminator.entry, /width=64/);
    assert.deepEqual([valid.value.plan.train.generatorSteps, valid.value.plan.train.latents], [1, 'normal']);
  });

  it('can be scaled, and take one network of the user’s own', () => {
    const discriminator = { source: 'mine.py', entry: 'Critic()' };
    const scaled = { ...plan, network: { preset: 'dcgan-512', scale: 0.25 }, discriminator };
    const valid = validatePlan(JSON.stringify(scaled), 'slimwise.json');
    assert.ok(valid.ok);
    assert.match(valid.value.plan.generator.entry, /width=16/);
    assert.equal(valid.value.plan.discriminator.source, 'mine.py');
  });

  for (const [what, change, code] of [
    ['a name that there is not', { network: 'dcgan-256' }, 'SWP_PLAN_WRONG_VALUE'],
    ['images of another size', { data: { ...plan.data, size: 50 } }, 'SWP_PLAN_NETWORK'],
    ['a scale of no whole channels', { network: { preset: 'dcgan-512', scale: 0.3 } }, 'SWP_PLAN_NETWORK'],
    [
      'images that are wrong themselves',
      { data: { images: 'faces', size: '64', channels: 3 } },
      'SWP_PLAN_WRONG_VALUE',
    ],
    ['no network at all', { network: undefined }, 'SWP_PLAN_MISSING_KEY'],
  ] as const) {
    it(`is refused for ${what}, and only for that`, () => {
      const { problems } = checkPlan(JSON.stringify({ ...plan, ...change }), 'slimwise.json');
      assert.deepEqual([...new Set(problems.map((problem) => problem.code))], [code]);
      assert.equal(problems.length, code === 'SWP_PLAN_MISSING_KEY' ? 2 : 1);
    });
  }

  it('needs no networks of its own in the JSON schema either', () => {
    const { required, anyOf } = planJsonSchema();
    assert.deepEqual(required, ['schema', 'data', 'stages']);
    assert.deepEqual(anyOf, [{ required: ['generator', 'discriminator'] }, { required: ['network'] }]);
  });
});
