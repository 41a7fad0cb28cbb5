/**
 * For tests of the kernels: random layers of every kind of weights over small windows, run on the kernels and held
 * against the oracle, in fp32 and on the same whole numbers. Leaves what is compared to the tests.
 */
import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { oracleQuantize, oracleSums, type OracleLayer } from './oracle.ts';
import { convGeometry, deconvGeometry, type WindowShape } from './tapGeometry.ts';
import { createTapLayer, type Precision, type TapLayerSpec } from './tapLayer.ts';
import type { TapWeights } from './tapWeights.ts';

/** Sums of ±1 and of small whole weights over at most a few thousand inputs below 1. */
const tolerance = 2e-4;

/** Compares with the oracle on the same whole numbers; how far they are from fp32, of the largest output. */
export function checkFixed(memory: KernelMemory, { oracle, spec }: MadeLayer, images: number): number {
  const { window, inChannels, outChannels, weight } = oracle;
  const f = Math.fround;
  const nTaps = window.kernel[0] * window.kernel[1];
  const x = input(inChannels, images, window.height * window.width, 8);
  const outSize = window.outHeight * window.outWidth;
  const linear = { ...spec, slope: 1 };
  const drawn = run(memory, linear, x, images, 'int8', outChannels * images * outSize);
  const { values, scales } = oracleQuantize(x, inChannels, images, 4095);
  const rows = Array.from({ length: outChannels }, (_, output) =>
    oracleQuantize(
      Float32Array.from({ length: nTaps * inChannels }, (__, i) => weight(output, i % nTaps, Math.floor(i / nTaps))),
      1,
      1,
      4095,
    ),
  );
  const fixed = { ...oracle, weight: (o: number, tap: number, c: number) => rows[o]?.values[c * nTaps + tap] ?? NaN };
  const [sums, exact] = [oracleSums(fixed, values, images), oracleSums(oracle, x, images)];
  let [largest, worst] = [0, 0];
  drawn.forEach((value, i) => {
    const output = Math.floor(i / outSize / images);
    const image = Math.floor(i / outSize) % images;
    const alpha = spec.alphas[output] ?? NaN;
    const beta = spec.betas[output] ?? NaN;
    const step = f(rows[output]?.scales[0] ?? NaN) * (scales[image] ?? NaN);
    const expected = (sums[i] ?? NaN) * step * alpha + beta;
    assert.ok(Math.abs(value - expected) <= 1e-5 * Math.max(1, Math.abs(expected)), `${i}: ${value}, not ${expected}`);
    largest = Math.max(largest, Math.abs(expected));
    worst = Math.max(worst, Math.abs(value - ((exact[i] ?? NaN) * alpha + beta)));
  });
  return worst / largest;
}

type Kind = 'binary' | 'ternary' | 'bits3' | 'bits8' | 'float';

export interface MadeLayer {
  readonly oracle: OracleLayer;
  readonly spec: TapLayerSpec;
}

export function makeLayer(options: {
  readonly op: 'conv' | 'deconv';
  readonly window: WindowShape;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kind: Kind;
  readonly seed: number;
  readonly dense?: boolean;
}): MadeLayer {
  const { op, window, inChannels, outChannels, kind, seed } = options;
  const random = rng(seed, 0, 'weights');
  const nTaps = window.kernel[0] * window.kernel[1];
  const geometry =
    options.dense === true ? ('dense' as const) : op === 'conv' ? convGeometry(window) : deconvGeometry(window);
  const alphas = Float32Array.from({ length: outChannels }, () => 0.5 + random.uniform());
  const betas = random.fillNormal(new Float32Array(outChannels));
  const slope = [0, 0.2, 1][seed % 3] ?? 1;
  const { weights, weight } = makeWeights({ inChannels, outChannels, nTaps, kind, seed });
  return {
    oracle: { op, window, inChannels, outChannels, weight },
    spec: { geometry, weights, alphas, betas, slope },
  };
}

function makeWeights(size: {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly nTaps: number;
  readonly kind: Kind;
  readonly seed: number;
}): { readonly weights: TapWeights; readonly weight: OracleLayer['weight'] } {
  const { inChannels, outChannels, nTaps, kind, seed } = size;
  const random = rng(seed, 1, 'weights');
  const perRow = inChannels * nTaps;
  if (kind === 'float') {
    const values = random.fillNormal(new Float32Array(outChannels * perRow));
    const steps = { output: perRow, tap: 1, input: nTaps };
    const weight = (output: number, tap: number, channel: number): number =>
      values[output * perRow + channel * nTaps + tap] ?? NaN;
    return { weights: { kind: 'float', inChannels, outChannels, values, steps }, weight };
  }
  const coefficients = { binary: [1], ternary: [1, 1], bits3: [1, 2, 4], bits8: [1, 2, 4, 8, 16, 32, 64, 128] }[kind];
  const rowBytes = Math.ceil(perRow / 8);
  const planes = coefficients.map((coefficient) => ({
    coefficient,
    bytes: Uint8Array.from({ length: outChannels * rowBytes }, () => random.int(256)),
  }));
  const order = seed % 2 === 0 ? ('channelsFirst' as const) : ('tapsFirst' as const);
  const weight = (output: number, tap: number, channel: number): number => {
    const index = order === 'channelsFirst' ? channel * nTaps + tap : tap * inChannels + channel;
    return planes.reduce((sum, { coefficient, bytes }) => {
      const bit = ((bytes[output * rowBytes + (index >> 3)] ?? 0) >> (index & 7)) & 1;
      return sum + (bit === 1 ? coefficient : -coefficient);
    }, 0);
  };
  return { weights: { kind: 'bits', inChannels, outChannels, planes, order }, weight };
}

export function check(
  memory: KernelMemory,
  { oracle, spec }: MadeLayer,
  { images, precision, seed }: { images: number; precision: Precision; seed: number },
): void {
  const { window, inChannels, outChannels } = oracle;
  const x = input(inChannels, images, window.height * window.width, seed);
  const outSize = window.outHeight * window.outWidth;
  const drawn = run(memory, spec, x, images, precision, outChannels * images * outSize);
  const integer = precision === 'int8' && createTapLayer(memory, spec).hasInt8;
  const { values, scales } = oracleQuantize(x, inChannels, images);
  const sums = oracleSums(oracle, integer ? values : x, images);
  const f = Math.fround;
  for (let i = 0; i < drawn.length; i++) {
    const output = Math.floor(i / outSize / images);
    const image = Math.floor(i / outSize) % images;
    const alpha = f((spec.alphas[output] ?? NaN) * (integer ? (scales[image] ?? NaN) : 1));
    const v = f(f((sums[i] ?? NaN) * alpha) + (spec.betas[output] ?? NaN));
    const expected = Math.max(v, f(v * f(spec.slope)));
    const place = `${JSON.stringify(window)} ${spec.weights.kind} ${precision} at ${i}: ${drawn[i]}, not ${expected}`;
    if (integer) assert.ok(drawn[i] === expected || Math.abs(expected) + Math.abs(drawn[i] ?? NaN) === 0, place);
    else assert.ok(Math.abs((drawn[i] ?? NaN) - expected) <= tolerance * Math.max(1, Math.abs(expected)), place);
  }
}

export function run(
  memory: KernelMemory,
  spec: TapLayerSpec,
  x: Float32Array,
  images: number,
  precision: Precision,
  outSize: number,
): Float32Array {
  const layer = createTapLayer(memory, spec);
  return memory.scratch((allocate) => {
    const from = allocate(x.byteLength);
    const out = allocate(outSize * 4);
    memory.floats(from, x.length).set(x);
    layer.run({ x: from, out, images, precision });
    return memory.floats(out, outSize).slice();
  });
}

export function input(channels: number, images: number, size: number, seed: number): Float32Array {
  return rng(seed, 2, 'input').fillUniform(new Float32Array(channels * images * size), -1, 1);
}

interface WindowOptions {
  readonly height: number;
  readonly width: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
  /** Output padding of a transposed convolution. */
  readonly extra: number;
}

export function windowOf(op: 'conv' | 'deconv', options: WindowOptions): WindowShape {
  const { height, width, kernel, stride, dilation, padding, extra } = options;
  const extent = dilation * (kernel - 1) + 1;
  const out = (length: number): number =>
    op === 'conv'
      ? Math.floor((length + 2 * padding - extent) / stride) + 1
      : (length - 1) * stride - 2 * padding + extent + extra;
  return {
    height,
    width,
    outHeight: out(height),
    outWidth: out(width),
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [dilation, dilation],
    before: [padding, padding],
  };
}

/** Every kernel, stride, padding, dilation and output padding of a small grid that has an output. */
export function* smallWindows(op: 'conv' | 'deconv'): Generator<WindowShape> {
  let turn = 0;
  for (const kernel of [1, 2, 3, 4, 5]) {
    for (const stride of [1, 2, 3]) {
      for (const padding of [0, 1, 2]) {
        for (const dilation of [1, 2]) {
          for (let extra = 0; extra < (op === 'deconv' ? stride : 1); extra++) {
            for (const [height, width] of [
              [1, 1],
              [3, 2],
              [4, 4],
              [2, 7],
              [5, 8],
            ] as const) {
              if (turn++ % 2 === 1 && height * width > 10) continue;
              const window = windowOf(op, { height, width, kernel, stride, dilation, padding, extra });
              if (window.outHeight >= 1 && window.outWidth >= 1) yield window;
            }
          }
        }
      }
    }
  }
}
