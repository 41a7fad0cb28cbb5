/** The model editor's tables as CSV: every digit, quoted where needed, never a formula. */
import assert from 'node:assert/strict';
import { modelCsv } from './modelCsv.ts';
import type { ModelFileReport, TensorRow } from './modelFileReport.ts';

const row = (name: string, change: Partial<TensorRow> = {}): TensorRow => ({
  name,
  dtype: 'F32',
  shape: [2, 3],
  values: 6,
  bytes: 24,
  fit: null,
  ...change,
});

const report: ModelFileReport = {
  version: 1,
  file: 'x.safetensors',
  format: 'safetensors',
  sizeBytes: 0,
  facts: [],
  models: [],
  problems: [],
  tensors: {
    rows: [row('a,"b"'), row('=cmd()'), row('c', { fit: { kind: 'misfits', layer: 'l', weight: 'w', expected: [3] } })],
    totals: { tensors: 3, values: 18, bytes: 72 },
    source: null,
    missing: [],
  },
};

describe('modelCsv', () => {
  it('writes the rows that are named, in their order', () => {
    const lines = modelCsv(report, 'tensors', [2, 0, 99]).split('\r\n');
    assert.deepEqual(lines.slice(1), ['3,c,F32,2×3,6,24,misfits,l,w,3', '1,"a,""b""",F32,2×3,6,24,,,,', '']);
  });

  it('sets off what a spreadsheet would run', () => {
    assert.match(modelCsv(report, 'tensors', [1]), /2,'=cmd\(\),F32/);
  });

  it('has a head alone where there is nothing', () => {
    assert.equal(modelCsv(report, 'layers', [0]).trim().split('\r\n').length, 1);
  });
});
