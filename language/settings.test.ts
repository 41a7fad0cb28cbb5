import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultSettings, parseSettings } from './settings.ts';

describe('parseSettings', () => {
  it('reads what an editor sends', () => {
    const settings = parseSettings({
      redundancy: { convFormula: 'derived' },
      budget: { device: 'phone' },
      targetRuntime: 'onnxruntime',
      severity: { SW101: 'error', SW102: 'off', nonsense: 'error' },
      inlayHints: { enabled: false },
      codeLens: { enabled: true },
      analysis: { debounceMs: 0 },
    });
    assert.equal(settings.convFormula, 'derived');
    assert.equal(settings.budget?.bytes, 4 * 1024 * 1024);
    assert.equal(settings.targetRuntime, 'onnxruntime');
    assert.deepEqual(settings.severities, { SW101: 'error', SW102: 'off' });
    assert.deepEqual([settings.inlayHints, settings.codeLens, settings.debounceMs], [false, true, 0]);
  });

  it('prefers a number of bytes to a device', () => {
    assert.deepEqual(parseSettings({ budget: { bytes: 1000, device: 'phone' } }).budget, {
      bytes: 1000,
      name: 'the budget',
    });
  });

  it('takes defaults for whatever is wrong, and never throws', () => {
    for (const value of [null, undefined, 3, 'x', [], { budget: -1, severity: [], analysis: { debounceMs: 'soon' } }]) {
      assert.deepEqual(parseSettings(value), defaultSettings);
    }
    fc.assert(
      fc.property(fc.anything(), (value) => void parseSettings(value)),
      { numRuns: 200 },
    );
  });
});
