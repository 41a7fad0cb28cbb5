import assert from 'node:assert/strict';
import { handDiscriminator, handGenerator } from '../train/handGraph.ts';
import { layersByRedundancy } from './layerOrder.ts';

const generator = handGenerator({ latents: 100, channels: [256, 128, 64], colours: 1 });

describe('the order of Algorithm 1', () => {
  it('puts the greatest degree of redundancy first, the projection among them', () => {
    const rows = layersByRedundancy(generator, {}).map(({ name, dor }) => [name, dor.value, dor.formula]);
    assert.deepEqual(rows, [
      ['main.2', 240, 'deconv'],
      ['fc', 99, 'dense'],
      ['main.5', 64, 'deconv'],
      ['main.8', -192, 'deconv'],
    ]);
  });

  it('can be turned around, or given by the plan', () => {
    const names = (...args: [Parameters<typeof layersByRedundancy>[1], 'dorAsc' | 'given']) =>
      layersByRedundancy(generator, ...args).map((layer) => layer.name);
    assert.deepEqual(names({}, 'dorAsc'), ['main.8', 'main.5', 'fc', 'main.2']);
    assert.deepEqual(names({ names: ['main.5', 'fc', 'main.2'] }, 'given'), ['main.5', 'fc', 'main.2']);
    assert.deepEqual(names({}, 'given'), ['fc', 'main.2', 'main.5', 'main.8']);
  });

  it('keeps to the layers that the plan selects', () => {
    const names = (select: Parameters<typeof layersByRedundancy>[1]) =>
      layersByRedundancy(generator, select).map((l) => l.name);
    assert.deepEqual(names({ kind: ['deconv'] }), ['main.2', 'main.5', 'main.8']);
    assert.deepEqual(names({ names: ['fc'] }), ['fc']);
    assert.deepEqual(names({ dor: { min: 0, max: 100, formula: 'published' } }), ['fc', 'main.5']);
  });

  it('uses the published formula for convolutions', () => {
    const discriminator = handDiscriminator({ size: 32, colours: 1, channels: [64, 128, 256] });
    const rows = layersByRedundancy(discriminator, {}).map(({ name, dor }) => [name, dor.value]);
    assert.deepEqual(
      rows,
      [
        ['fc', 4095],
        ['main.3', 896],
        ['main.6', 1792],
        ['main.0', -48],
      ].sort((a, b) => Number(b[1]) - Number(a[1])),
    );
  });
});
