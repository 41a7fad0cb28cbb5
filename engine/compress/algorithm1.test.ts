import assert from 'node:assert/strict';
import type { LayerDecision } from '../../core/session/runEvent.ts';
import { acceptedLayers, searchWisely } from './algorithm1.ts';
import type { RankedLayer } from './layerOrder.ts';
import { noiseThreshold } from './noiseThreshold.ts';

const ranked: readonly RankedLayer[] = [
  ['a', 240],
  ['b', 99],
  ['c', -10],
  ['d', -192],
].map(([name, value]) => ({
  name: String(name),
  type: 'ConvTranspose2d',
  dor: { value: Number(value), formula: 'deconv' },
}));
const noise = noiseThreshold([38, 40, 42], 5);

describe('Algorithm 1', () => {
  it('accepts layers in order until one degrades by more than T, and tries none after it', async () => {
    const { decisions, tried } = await search({ a: 41, b: 45, c: 45.1, d: 30 });
    assert.deepEqual(acceptedLayers(decisions ?? []), ['a', 'b']);
    assert.deepEqual(tried, [
      ['a', []],
      ['b', []],
      ['c', []],
    ]);
    assert.deepEqual(
      decisions?.map((d) => [d.layer, d.tried, d.accepted]),
      [
        ['a', true, true],
        ['b', true, true],
        ['c', true, false],
        ['d', false, false],
      ],
    );
    assert.match(decisions?.[3]?.why ?? '', /stopped at c/);
  });

  it('accepts all when none degrades', async () => {
    const { decisions } = await search({ a: 41, b: 39, c: 44, d: 45 });
    assert.deepEqual(acceptedLayers(decisions ?? []), ['a', 'b', 'c', 'd']);
  });

  it('binarizes each layer with those accepted before it in cumulative mode', async () => {
    const { tried } = await search({ a: 41, b: 39, c: 99, d: 45 }, 'cumulative');
    assert.deepEqual(tried, [
      ['a', []],
      ['b', ['a']],
      ['c', ['a', 'b']],
    ]);
  });

  it('goes on after the decisions of an earlier session without measuring them again', async () => {
    const whole = await search({ a: 41, b: 39, c: 99, d: 45 });
    const known = whole.decisions?.slice(0, 2) ?? [];
    const rest = await search({ c: 99, d: 45 }, 'single', known);
    assert.deepEqual(rest.decisions, whole.decisions);
    assert.deepEqual(rest.tried, [['c', []]]);
    assert.deepEqual(
      rest.announced.map((d) => d.layer),
      ['c', 'd'],
    );
  });

  it('goes by PSNR where that decides: a fall of more than T ends the search', async () => {
    const psnr: Readonly<Record<string, number>> = { a: 24, b: 21, c: 30 };
    const decisions = await searchWisely({
      ranked: ranked.slice(0, 3),
      noise: noiseThreshold([25, 27], 4),
      metric: 'psnr',
      swdFull: 40,
      mode: 'single',
      known: [],
      measure: ({ name }) => Promise.resolve({ swd: 41, psnr: psnr[name] ?? NaN }),
      decide: () => undefined,
    });
    assert.deepEqual(
      decisions?.map((d) => [d.layer, d.accepted, d.swdBefore, d.swdAfter, d.psnr?.after]),
      [
        ['a', true, 40, 41, 24],
        ['b', false, 40, 41, 21],
        ['c', false, 40, null, null],
      ],
    );
    assert.match(decisions?.[1]?.why ?? '', /PSNR 21\.0 is below 26\.0 − 4\.0 = 22\.0/);
  });

  it('stops without a decision when cancelled', async () => {
    const { decisions, announced } = await search({ a: 41 });
    assert.equal(decisions, null);
    assert.deepEqual(
      announced.map((d) => d.layer),
      ['a'],
    );
  });
});

/** Layers without a value are those at which the user cancels. */
async function search(
  swd: Readonly<Record<string, number>>,
  mode: 'single' | 'cumulative' = 'single',
  known: readonly LayerDecision[] = [],
) {
  const tried: [string, readonly string[]][] = [];
  const announced: LayerDecision[] = [];
  const decisions = await searchWisely({
    ranked,
    noise,
    mode,
    known,
    measure: (layer, together) => {
      tried.push([layer.name, together]);
      const value = swd[layer.name];
      return Promise.resolve(value === undefined ? null : { swd: value });
    },
    decide: (decision) => announced.push(decision),
  });
  return { decisions, tried, announced };
}
