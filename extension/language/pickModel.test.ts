import assert from 'node:assert/strict';
import { layer, model } from '../testing.ts';
import { pickModel, roleOf, shortName } from './pickModel.ts';

const discriminator = model({ name: 'Discriminator', line: 5, layers: [layer({ line: 7, endLine: 9 })] });
const generator = model({ name: 'Generator', line: 20, layers: [layer({ line: 25, endLine: 28 })] });

describe('pickModel', () => {
  const models = [discriminator, generator];
  const cases: readonly (readonly [string, number | null, string])[] = [
    ['the generator where the cursor is in no model', 1, 'Generator'],
    ['the model of the class line', 5, 'Discriminator'],
    ['the model of a layer line', 9, 'Discriminator'],
    ['the generator below a model', 12, 'Generator'],
    ['the generator without a cursor', null, 'Generator'],
  ];
  for (const [what, line, name] of cases) {
    it(`takes ${what}`, () => assert.equal(pickModel(models, line === null ? null : { line })?.name, name));
  }

  it('takes the first of several without a role, and none of none', () => {
    assert.equal(pickModel([model({ name: 'Net' }), model({ name: 'Head' })], null)?.name, 'Net');
    assert.equal(pickModel([], { line: 3 }), null);
  });

  it('does not take a model for a layer that stands in another file', () => {
    const elsewhere = model({
      name: 'Critic',
      line: 2,
      layers: [layer({ file: '/ws/blocks.py', line: 90, endLine: 90 })],
    });
    assert.equal(pickModel([elsewhere, generator], { line: 80 })?.name, 'Generator');
  });
});

describe('names of models', () => {
  it('knows the usual roles', () => {
    const roles = ['Generator', 'netG', 'G', 'Discriminator', 'NLayerDiscriminator', 'netD', 'Critic', 'UNet'].map(
      (name) => roleOf({ name }),
    );
    assert.deepEqual(roles, [
      'generator',
      'generator',
      'generator',
      'discriminator',
      'discriminator',
      'discriminator',
      'discriminator',
      'other',
    ]);
  });

  it('keeps the status bar short', () => {
    assert.equal(shortName({ name: 'Generator' }), 'G');
    assert.equal(shortName({ name: 'ResidualSuperResolutionNet' }), 'ResidualSuperRe…');
  });
});
