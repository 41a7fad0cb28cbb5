/** The explorer's arithmetic: which latent is drawn, what the pixels are, and what is kept as a picture. */
import assert from 'node:assert/strict';
import {
  currentLatent,
  initialView,
  maxOffset,
  nSamples,
  restoreView,
  shuffled,
  walkLatent,
  withSample,
  type LatentSpace,
} from './explorerView.ts';
import { createFrameRate, createPace } from './pace.ts';
import { contactSheet, walkFrame } from './pictures.ts';
import { differenceOf, heat, imagePixels } from './pixels.ts';

const space: LatentSpace = {
  size: 3,
  distribution: 'normal',
  samples: Float32Array.from({ length: 3 * nSamples }, (_, i) => Math.sin(i + 1)),
  directions: [Float32Array.of(1, 0, 0), Float32Array.of(0, 0, 1)],
};
const near = (a: Float32Array, b: Float32Array): boolean =>
  a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 1e-5);

describe('the latent of the explorer', () => {
  it('is the selected sample, moved along the directions', () => {
    const view = { ...withSample(initialView, 2), offsets: [0.5, -2] };
    const expected = space.samples.slice(6, 9);
    assert.deepEqual(currentLatent(withSample(initialView, 2), space), expected);
    expected[0] = (expected[0] ?? 0) + 0.5;
    expected[2] = (expected[2] ?? 0) - 2;
    assert.deepEqual(currentLatent(view, space), expected);
  });

  it('stays in the cube that uniform latents come from', () => {
    const view = { ...initialView, offsets: [3, -3] };
    const latent = currentLatent(view, { ...space, distribution: 'uniform' });
    assert.deepEqual([latent[0], latent[2]], [1, -1]);
  });

  it('walks between the first samples until ends are stored, and not between latents of another model', () => {
    assert.ok(near(walkLatent(initialView, space, 0), space.samples.slice(0, 3)));
    assert.ok(near(walkLatent({ ...initialView, b: [1, 2, 3] }, space, 1), Float32Array.of(1, 2, 3)));
    assert.ok(near(walkLatent({ ...initialView, b: [1, 2] }, space, 1), space.samples.slice(3, 6)));
  });

  it('starts anew with the next seed', () => {
    const view = shuffled({ ...initialView, seed: 7, selected: 3, offsets: [1, 2], t: 0.5 });
    assert.deepEqual([view.seed, view.selected, view.t], [8, 0, null]);
    assert.ok(view.offsets.every((offset) => offset === 0));
  });

  it('comes back as it was saved, and field by field as it should be where it is damaged', () => {
    const view = { ...initialView, seed: 12, selected: 5, t: 0.25, precision: 'int8' as const, a: [1, 2, 3] };
    assert.deepEqual(restoreView(JSON.parse(JSON.stringify(view))), view);
    const damaged = { seed: -1, selected: 99, offsets: [1, 'x'], a: ['a'], b: 3, t: 7, precision: 'int4' };
    for (const saved of [null, 'text', {}, damaged]) assert.deepEqual(restoreView(saved), initialView);
    assert.equal(restoreView({ offsets: initialView.offsets.map(() => 99) }).offsets[0], maxOffset);
  });
});

describe('pixels of the explorer', () => {
  const gray = { height: 1, width: 2, channels: 1 } as const;

  it('are gray or RGB, clipped, and black where there is no number', () => {
    assert.deepEqual([...imagePixels(Float32Array.of(-1, 1), gray)], [0, 0, 0, 255, 255, 255, 255, 255]);
    assert.deepEqual([...imagePixels(Float32Array.of(-9, NaN), gray)].slice(0, 6), [0, 0, 0, 255, 0, 0]);
    const rgb = imagePixels(Float32Array.of(1, -1, 0), { height: 1, width: 1, channels: 3 });
    assert.deepEqual([...rgb], [255, 0, 128, 255]);
  });

  it('of a difference are black where images agree and bright where they are opposite', () => {
    const { pixels, mean, largest, psnr } = differenceOf(Float32Array.of(0.5, -1), Float32Array.of(0.5, 1), gray);
    assert.deepEqual([...pixels.slice(0, 3)], [0, 0, 4]);
    assert.deepEqual([...pixels.slice(4, 7)], [252, 255, 220]);
    assert.deepEqual([mean, largest], [0.5, 1]);
    assert.ok(Math.abs(psnr - 10 * Math.log10(2)) < 1e-9);
    assert.equal(differenceOf(Float32Array.of(0, 0), Float32Array.of(0, 0), gray).psnr, Infinity);
  });

  it('of a map get lighter with every step', () => {
    const lightness = Array.from({ length: 21 }, (_, i) => heat(i / 20)).map(
      ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b,
    );
    for (let i = 1; i < 21; i++) assert.ok((lightness[i] ?? 0) > (lightness[i - 1] ?? 0), `step ${i}`);
  });
});

describe('pictures of the explorer', () => {
  const shape = { height: 2, width: 2, channels: 1 } as const;
  const white = new Float32Array(4).fill(1);
  const black = new Float32Array(4).fill(-1);

  it('show original, compressed and difference below one another', () => {
    const sheet = contactSheet(
      [
        { original: white, compressed: black },
        { original: white, compressed: white },
      ],
      shape,
    );
    assert.deepEqual([sheet.width, sheet.height], [2 * 6 + 2, 3 * 6 + 2]);
    const at = (x: number, y: number): number => sheet.rgba[(y * sheet.width + x) * 4] ?? -1;
    assert.deepEqual([at(2, 2), at(2, 8), at(2, 14)], [255, 0, 252]);
    assert.deepEqual([at(8, 2), at(8, 8), at(8, 14)], [255, 255, 0]);
    assert.equal(at(0, 0), 72);
  });

  it('show the compressed image alone where there is no original', () => {
    const frame = walkFrame({ original: null, compressed: black }, shape);
    assert.deepEqual([frame.width, frame.height], [2 * 64 + 4, 2 * 64 + 4]);
    assert.equal(walkFrame({ original: white, compressed: black }, shape).width, 3 * (128 + 2) + 2);
  });
});

describe('pace', () => {
  it('is typical: one slow draw among many does not count', () => {
    const pace = createPace();
    assert.equal(pace.imageMs(), null);
    for (let i = 0; i < 20; i++) pace.addDraw(i === 3 ? 500 : 1);
    assert.equal(pace.imageMs(), 1);
  });

  it('counts frames per second without the pauses', () => {
    const rate = createFrameRate();
    for (let i = 0; i < 30; i++) rate.addFrame(i * 20);
    assert.equal(rate.perSecond(), 50);
    rate.addFrame(10_000);
    assert.equal(rate.perSecond(), null);
    assert.equal(rate.nFrames(), 31);
  });
});
