/** The choice of bits against trying everything, and at its edges. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fitBudget, type FitLayer, type LayerOption } from './fitBudget.ts';
import { predictedSensitivity } from './predictedSensitivity.ts';

const bits = [32, 8, 4, 2, 1] as const;

function layerOf(name: string, nWeights: number, columns: number, space: number): FitLayer {
  const options = bits.map((count): LayerOption => ({
    bits: count,
    bytes: Math.ceil((nWeights * count) / 8) + (count === 32 ? 0 : 64),
    sensitivity: predictedSensitivity({ columns, space }, count),
  }));
  return { name, options };
}

/** The least sensitivity within the limit, then the fewest bytes, by trying every combination. */
function exhaustive(layers: readonly FitLayer[], limit: number): { bytes: number; sensitivity: number } | null {
  let best: { bytes: number; sensitivity: number } | null = null;
  const visit = (idx: number, bytes: number, sensitivity: number): void => {
    const layer = layers[idx];
    if (layer === undefined) {
      const isBetter =
        best === null || sensitivity < best.sensitivity || (sensitivity === best.sensitivity && bytes < best.bytes);
      if (bytes <= limit && isBetter) best = { bytes, sensitivity };
      return;
    }
    for (const option of layer.options) visit(idx + 1, bytes + option.bytes, sensitivity + option.sensitivity);
  };
  visit(0, 0, 0);
  return best;
}

describe('fitting a budget', () => {
  it('is what trying everything finds, for many models and limits', () => {
    let state = 7;
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state % below;
    };
    for (let model = 0; model < 40; model++) {
      const layers = Array.from({ length: 1 + random(6) }, (_unused, idx) =>
        layerOf(`l${idx}`, 100 + random(50_000), 1 + random(512), 1 + random(1024)),
      );
      const full = layers.reduce((sum, { options }) => sum + (options[0]?.bytes ?? 0), 0);
      for (const share of [0.04, 0.1, 0.3, 0.7, 1]) {
        const limit = Math.floor(full * share);
        const found = fitBudget(layers, limit);
        const wanted = exhaustive(layers, limit);
        assert.deepEqual(found && { bytes: found.bytes, sensitivity: found.sensitivity }, wanted);
        if (found !== null) assert.equal(found.isExact, true);
      }
    }
  });

  it('keeps everything at full precision where there is room, and says null where there is none', () => {
    const layers = [layerOf('a', 1000, 100, 16), layerOf('b', 1000, 64, 256)];
    assert.deepEqual(
      fitBudget(layers, 8000)?.choices.map(({ option }) => option.bits),
      [32, 32],
    );
    assert.equal(fitBudget(layers, 377), null);
    assert.deepEqual(
      fitBudget(layers, 378)?.choices.map(({ option }) => option.bits),
      [1, 1],
    );
    assert.equal(fitBudget(layers, 378, 1), null);
  });

  it('takes bits from the layer with room first', () => {
    const layers = [layerOf('redundant', 10_000, 512, 16), layerOf('tight', 10_000, 64, 256)];
    const [redundant, tight] = fitBudget(layers, 12_000)?.choices ?? [];
    assert.equal(redundant?.option.bits, 1);
    assert.equal(tight?.option.bits, 8);
  });

  it('stays bounded for a model of a hundred layers, and says that it is not exact', () => {
    const layers = Array.from({ length: 100 }, (_unused, idx) =>
      layerOf(`l${idx}`, 1000 + 977 * idx, 64 + ((idx * 37) % 448), 16 + ((idx * 53) % 900)),
    );
    const full = layers.reduce((sum, { options }) => sum + (options[0]?.bytes ?? 0), 0);
    const found = fitBudget(layers, full * 0.2);
    assert.ok(found !== null && found.bytes <= full * 0.2);
    assert.equal(found.choices.length, 100);
  });

  it('prices bits as the literature does: 1 bit of a layer without room costs most', () => {
    assert.equal(predictedSensitivity({ columns: 64, space: 1024 }, 1), 16 * 0.3634);
    assert.equal(predictedSensitivity({ columns: 64, space: 1024 }, 32), 0);
  });
});
