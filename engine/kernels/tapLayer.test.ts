import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import { createKernelMemory, type KernelMemory } from './kernelMemory.ts';
import type { WindowShape } from './tapGeometry.ts';
import { createTapLayer } from './tapLayer.ts';
import { check, checkFixed, input, makeLayer, run, smallWindows, windowOf } from './tapLayerFixture.ts';

describe('the kernels', () => {
  let memory: KernelMemory;
  beforeEach(async () => {
    memory = await createKernelMemory();
  });

  for (const op of ['conv', 'deconv'] as const) {
    it(`compute every small ${op} as the oracle does, with bit and fp32 weights`, () => {
      let checked = 0;
      for (const window of smallWindows(op)) {
        const random = rng(1, checked, op);
        const [inChannels, outChannels, images] = [1 + random.int(11), 1 + random.int(3), 1 + random.int(3)];
        const kind = (['binary', 'float', 'ternary', 'bits3'] as const)[checked % 4] ?? 'binary';
        const layer = makeLayer({ op, window, inChannels, outChannels, kind, seed: checked });
        check(memory, layer, { images, precision: 'fp32', seed: checked });
        if (kind !== 'float') check(memory, layer, { images, precision: 'int8', seed: checked });
        checked++;
      }
      assert.ok(checked > 150, `${checked} windows`);
    });
  }

  it('compute large layers as the oracle does, over several chunks of channels', () => {
    const grid = { height: 5, width: 9, images: 2 };
    for (const [inChannels, outChannels] of [
      [256, 3],
      [257, 2],
      [600, 1],
    ] as const) {
      for (const kind of ['binary', 'ternary', 'bits3', 'float'] as const) {
        const window = windowOf('deconv', { ...grid, kernel: 5, stride: 2, dilation: 1, padding: 2, extra: 1 });
        const layer = makeLayer({ op: 'deconv', window, inChannels, outChannels, kind, seed: inChannels });
        check(memory, layer, { images: grid.images, precision: 'fp32', seed: 3 });
        if (kind !== 'float') check(memory, layer, { images: grid.images, precision: 'int8', seed: 3 });
      }
    }
  });

  it('add whole numbers exactly for as many bits as fit, and fall back to fp32 beyond', () => {
    const size = { height: 4, width: 4, kernel: 5, stride: 2, dilation: 1, padding: 2, extra: 1 };
    const window = windowOf('deconv', size);
    for (const [kind, inChannels, exact] of [
      ['binary', 2000, true],
      ['bits3', 2000, true],
      // 255 · 127 · 9 taps · 57 inputs is below 2²⁴, with 58 it is not.
      ['bits8', 57, true],
      ['bits8', 58, false],
    ] as const) {
      const layer = makeLayer({ op: 'deconv', window, inChannels, outChannels: 2, kind, seed: 7 });
      assert.equal(createTapLayer(memory, layer.spec).hasInt8, exact, kind);
      for (const precision of ['fp32', 'int8'] as const) check(memory, layer, { images: 3, precision, seed: 7 });
    }
  });

  it('multiply fp32 weights as 13-bit whole numbers where int8 is asked for', () => {
    const grid = { height: 9, width: 8, kernel: 3, stride: 1, dilation: 1, padding: 1, extra: 0 };
    let worst = 0;
    for (const inChannels of [1, 2, 7, 64, 128, 129, 300]) {
      for (const op of ['conv', 'deconv'] as const) {
        for (const images of [1, 3]) {
          const window = windowOf(op, { ...grid, stride: op === 'conv' ? 1 : 2 });
          const layer = makeLayer({ op, window, inChannels, outChannels: 3, kind: 'float', seed: inChannels });
          worst = Math.max(worst, checkFixed(memory, layer, images));
        }
      }
    }
    assert.ok(0 < worst && worst < 5e-4, `${worst} of the largest output`);
  });

  it('compute strides, paddings, dilations and kernels that differ by axis', () => {
    const shapes: readonly WindowShape[] = [
      {
        height: 5,
        width: 9,
        outHeight: 5,
        outWidth: 5,
        kernel: [3, 5],
        stride: [1, 2],
        dilation: [1, 1],
        before: [1, 2],
      },
      {
        height: 7,
        width: 4,
        outHeight: 3,
        outWidth: 4,
        kernel: [4, 1],
        stride: [2, 1],
        dilation: [1, 3],
        before: [1, 0],
      },
      {
        height: 6,
        width: 6,
        outHeight: 2,
        outWidth: 3,
        kernel: [2, 3],
        stride: [3, 2],
        dilation: [2, 1],
        before: [0, 1],
      },
    ];
    for (const [i, window] of shapes.entries()) {
      const { height, width, outHeight, outWidth } = window;
      const turned = { ...window, height: outHeight, width: outWidth, outHeight: height, outWidth: width };
      for (const kind of ['binary', 'float'] as const) {
        for (const [op, shape] of [
          ['conv', window],
          ['deconv', turned],
        ] as const) {
          const layer = makeLayer({ op, window: shape, inChannels: 19, outChannels: 3, kind, seed: i });
          check(memory, layer, { images: 2, precision: 'fp32', seed: i });
          if (kind === 'binary') check(memory, layer, { images: 2, precision: 'int8', seed: i });
        }
      }
    }
  });

  it('compute kernels of more taps than are in flight at once', () => {
    const window = windowOf('deconv', {
      height: 3,
      width: 16,
      kernel: 17,
      stride: 1,
      dilation: 1,
      padding: 8,
      extra: 0,
    });
    const layer = makeLayer({ op: 'deconv', window, inChannels: 37, outChannels: 2, kind: 'binary', seed: 4 });
    for (const precision of ['fp32', 'int8'] as const) check(memory, layer, { images: 1, precision, seed: 4 });
  });

  it('compute dense layers of any batch', () => {
    const window = windowOf('conv', { height: 1, width: 1, kernel: 1, stride: 1, dilation: 1, padding: 0, extra: 0 });
    for (const images of [1, 2, 3, 4, 5, 8, 17]) {
      for (const kind of ['binary', 'float', 'bits3'] as const) {
        for (const inChannels of [1, 7, 100, 300]) {
          const layer = makeLayer({ op: 'conv', window, inChannels, outChannels: 13, kind, seed: images, dense: true });
          check(memory, layer, { images, precision: 'fp32', seed: images });
          check(memory, layer, { images, precision: 'int8', seed: images });
        }
      }
    }
  });

  it('do not let an image change its neighbours in a batch', () => {
    const window = windowOf('deconv', { height: 3, width: 3, kernel: 4, stride: 2, dilation: 1, padding: 1, extra: 0 });
    const layer = makeLayer({ op: 'deconv', window, inChannels: 20, outChannels: 2, kind: 'binary', seed: 1 });
    for (const precision of ['fp32', 'int8'] as const) {
      const one = input(20, 1, 9, 5);
      const loud = input(20, 1, 9, 6).map((value) => value * 100);
      const both = new Float32Array(20 * 2 * 9);
      for (let channel = 0; channel < 20; channel++) {
        both.set(one.subarray(channel * 9, channel * 9 + 9), channel * 18);
        both.set(loud.subarray(channel * 9, channel * 9 + 9), channel * 18 + 9);
      }
      const alone = run(memory, layer.spec, one, 1, precision, 2 * 36);
      const together = run(memory, layer.spec, both, 2, precision, 2 * 2 * 36);
      for (let output = 0; output < 2; output++) {
        assert.deepEqual(
          together.subarray(output * 72, output * 72 + 36),
          alone.subarray(output * 36, output * 36 + 36),
          precision,
        );
      }
    }
  });

  it('give an image of zeros its beta', () => {
    const window = windowOf('conv', { height: 4, width: 4, kernel: 3, stride: 1, dilation: 1, padding: 1, extra: 0 });
    const layer = makeLayer({ op: 'conv', window, inChannels: 9, outChannels: 1, kind: 'binary', seed: 2 });
    const drawn = run(memory, { ...layer.spec, slope: 1 }, new Float32Array(9 * 16), 1, 'int8', 16);
    assert.ok(drawn.every((value) => value === layer.spec.betas[0]));
  });

  it('keep weights to the bits of the file and give scratch memory back', () => {
    const window = windowOf('deconv', { height: 4, width: 4, kernel: 4, stride: 2, dilation: 1, padding: 1, extra: 0 });
    const { spec } = makeLayer({ op: 'deconv', window, inChannels: 64, outChannels: 32, kind: 'binary', seed: 2 });
    const layer = createTapLayer(memory, spec);
    assert.equal(layer.weightBytes, (64 * 32 * 16) / 8 + 2 * 32 * 4);
    const { residentBytes } = memory.usage();
    memory.scratch((allocate) =>
      layer.run({ x: allocate(64 * 64), out: allocate(32 * 256), images: 1, precision: 'fp32' }),
    );
    assert.equal(memory.usage().residentBytes, residentBytes);
    assert.ok(memory.usage().peakScratchBytes > 0);
  });
});
