/** Small, complete values for the tests of this room: a layer, a model, a run's record, each with what a test names. */
import type { LayerReport, ModelReport } from '../core/report/analyzeReport.ts';
import type { RunRecord } from '../core/session/runRecord.ts';

export function layer(change: Partial<LayerReport> = {}): LayerReport {
  return {
    name: 'main.0',
    op: 'conv2d_transpose',
    type: 'ConvTranspose2d',
    file: '/ws/gan.py',
    line: 12,
    column: 8,
    endLine: 12,
    endColumn: 40,
    stack: [],
    attributes: {},
    inputShapes: [[1, 256, 4, 4]],
    outputShape: [1, 128, 8, 8],
    unknown: null,
    params: 524_288,
    nonTrainable: 0,
    macs: 8_388_608,
    calls: [],
    unused: false,
    dor: { value: 240, formula: 'deconv' },
    sensitivity: null,
    bytes: { fp32: 2_097_152, int8: 524_800, binary: 66_048 },
    ...change,
  };
}

export function model(change: Partial<ModelReport> = {}): ModelReport {
  const layers = change.layers ?? [layer()];
  const sum = (of: (row: LayerReport) => number): number => layers.reduce((total, row) => total + of(row), 0);
  return {
    name: 'Generator',
    framework: 'pytorch',
    file: '/ws/gan.py',
    line: 10,
    instantiation: 'Generator(100)',
    inputs: [[1, 100]],
    outputs: [[1, 1, 32, 32]],
    layers,
    totals: {
      params: sum(({ params }) => params ?? 0),
      nonTrainable: 0,
      macs: sum(({ macs }) => macs ?? 0),
      bytes: {
        fp32: sum(({ bytes }) => bytes?.fp32 ?? 0),
        int8: sum(({ bytes }) => bytes?.int8 ?? 0),
        binary: sum(({ bytes }) => bytes?.binary ?? 0),
      },
      partial: false,
    },
    findings: [],
    ...change,
  };
}

export function record(change: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 1,
    id: '20261122-041530-ab12',
    name: 'DCGAN on Fashion-MNIST',
    createdAt: '2026-11-22T04:15:30.000Z',
    status: 'running',
    planPath: '/ws/slimwise.json',
    plan: {},
    short: false,
    backend: 'onnxruntime',
    threads: 1,
    seed: 1,
    sources: {},
    data: { fingerprint: '', nImages: 10 },
    versions: {},
    summary: null,
    ...change,
  };
}
