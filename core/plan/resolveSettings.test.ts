/** What the letters of PBGen's Table II mean on a network of four transposed convolutions, and on others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import { resolveSettings, type SettingLayers } from './resolveSettings.ts';

const generator = networkOf(['conv2d_transpose', 4], ['dense', 1]);
const discriminator = networkOf(['conv2d', 2], ['dense', 1]);
const deconvolutions = ['conv2d_transpose1', 'conv2d_transpose2', 'conv2d_transpose3', 'conv2d_transpose4'];

describe('resolveSettings', () => {
  it('has Table II of PBGen: what A to H binarize, and D in H alone', () => {
    const { layers, settings } = resolved('AtoH');
    assert.deepEqual(layers, deconvolutions);
    assert.deepEqual(
      settings.map(({ name, numbers, layersD }) => `${name} ${numbers.join('')} ${layersD.length > 0 ? 'Y' : 'N'}`),
      ['A  N', 'B 1 N', 'C 2 N', 'D 3 N', 'E 4 N', 'F 123 N', 'G 1234 N', 'H 123 Y'],
    );
    assert.deepEqual(settings[7]?.layersD, ['conv2d1', 'conv2d2']);
  });

  it('has all sixteen choices of four layers, each once', () => {
    const { settings } = resolved('subsets');
    assert.equal(settings.length, 16);
    assert.equal(new Set(settings.map(({ layersG }) => layersG.join())).size, 16);
    assert.deepEqual([settings[0]?.name, settings[1]?.name, settings[15]?.name], ['none', '1', '1-2-3-4']);
  });

  it('adds full precision, which everything is compared with, and takes own settings at their word', () => {
    const { settings } = resolved(['F', { name: 'last-two', layers: [3, 4], binarizeD: true }]);
    assert.deepEqual(
      settings.map(({ name, numbers }) => [name, ...numbers]),
      [['A'], ['F', 1, 2, 3], ['last-two', 3, 4]],
    );
  });

  const refused: readonly (readonly [string, Parameters<typeof resolveSettings>[0], string])[] = [
    ['letters without four layers', { id: 's', settings: ['E'], layers: deconvolutions.slice(1) }, 'SWP_PLAN_SETTING_LAYERS'],
    ['a layer that there is not', { id: 's', settings: 'AtoH', layers: ['conv2d_transpose9'] }, 'SWP_PLAN_UNKNOWN_LAYER'],
    ['two settings of one name', { id: 's', settings: ['B', 'B'] }, 'SWP_PLAN_SETTING_NAMES'],
    ['a name that leads out of the run folder', { id: 's', settings: [{ name: '../x', layers: [1], binarizeD: false }] }, 'SWP_PLAN_SETTING_NAMES'],
  ]; // prettier-ignore
  for (const [what, stage, code] of refused) {
    it(`refuses ${what}`, () => {
      const result = resolveSettings(stage, generator, discriminator);
      assert.ok(!result.ok);
      assert.equal(result.problem.code, code);
    });
  }

  it('finds four layers in the sample that the settings are run on', () => {
    const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
    const source = readFileSync(path.join(root, 'samples/dcgan/dcgan_pbgen.py'), 'utf8');
    assert.equal(source.match(/self\.conv\d = nn\.ConvTranspose2d/g)?.length, 4);
  });
});

function resolved(settings: Parameters<typeof resolveSettings>[0]['settings'] | readonly unknown[]): SettingLayers {
  const list = settings as Parameters<typeof resolveSettings>[0]['settings'];
  const result = resolveSettings({ id: 's', settings: list }, generator, discriminator);
  assert.ok(result.ok, result.ok ? '' : result.problem.message);
  return result.value;
}

/** Layers of these operators, each run once; nothing else of a graph is looked at. */
function networkOf(...kinds: readonly (readonly ['conv2d' | 'conv2d_transpose' | 'dense', number])[]): ModelGraph {
  const layers = kinds
    .flatMap(([op, count]) => Array.from({ length: count }, (_, i) => ({ op, name: `${op}${i + 1}` })))
    .map((layer, index) => ({ ...layer, index }) as unknown as Layer);
  return { layers, nodes: layers.map(({ index }) => ({ layer: index })) } as unknown as ModelGraph;
}
