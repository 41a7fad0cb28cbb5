/**
 * Hostile image files: bombs in pixels and in other chunks, lies in headers, and damage at random bytes.
 * The decoder answers with an image or a reason, keeps its memory, and works on afterwards.
 */
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { crc32 } from '../formats/archiveFixtures.ts';
import { rng } from '../random/rng.ts';
import { decodeImage } from './decodeImage.ts';
import { sampleJpeg } from './imageFixtures.ts';

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** 8-bit grey unless told; `pixels` as filtered rows, not yet packed. */
function png(
  width: number,
  height: number,
  pixels: Uint8Array,
  { depth = 8, colour = 0, before = [] as readonly Uint8Array[] } = {},
): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colour], 8);
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', header),
      ...before,
      chunk('IDAT', deflateSync(pixels)),
      chunk('IEND', new Uint8Array()),
    ]),
  );
}

async function reason(bytes: Uint8Array): Promise<string> {
  const decoded = await decodeImage(bytes);
  assert.ok(!decoded.ok, 'it was accepted');
  return decoded.reason;
}

async function grownBytes(action: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  await action();
  return process.memoryUsage.rss() - before;
}

describe('a PNG', () => {
  it('of 1, 2, 4 bits, with a palette, and with 16 bits decodes', async () => {
    const grey = async (bytes: Uint8Array) => {
      const decoded = await decodeImage(bytes);
      assert.ok(decoded.ok, JSON.stringify(decoded));
      return [...decoded.image.data];
    };
    assert.deepEqual(await grey(png(3, 1, Uint8Array.of(0, 0b10100000), { depth: 1 })), [255, 0, 255]);
    assert.deepEqual(await grey(png(4, 1, Uint8Array.of(0, 0b00011011), { depth: 2 })), [0, 85, 170, 255]);
    assert.deepEqual(await grey(png(2, 1, Uint8Array.of(0, 0x3f), { depth: 4 })), [51, 255]);
    assert.deepEqual(await grey(png(2, 1, Uint8Array.of(0, 0x80, 0x80, 0xff, 0xff), { depth: 16 })), [128, 255]);
    const palette = chunk('PLTE', Uint8Array.of(1, 2, 3, 200, 100, 50));
    assert.deepEqual(
      await grey(png(2, 1, Uint8Array.of(0, 1, 0), { colour: 3, before: [palette] })),
      [200, 100, 50, 1, 2, 3],
    );
    const clear = chunk('tRNS', Uint8Array.of(0, 255));
    assert.deepEqual(
      await grey(png(2, 1, Uint8Array.of(0, 1, 0), { colour: 3, before: [palette, clear] })),
      [200, 100, 50, 255, 255, 255],
    );
  });
  it('whose pixels unpack to far more than its size is refused, without the memory', async () => {
    const bomb = png(16, 16, new Uint8Array(200_000_000));
    assert.ok(bomb.length < 300_000);
    const grown = await grownBytes(async () => assert.match(await reason(bomb), /damaged/));
    assert.ok(grown < 100_000_000, `${grown} bytes`);
  });
  it('with a bomb in a text or a profile is drawn, and the bomb never opened', async () => {
    const packed = deflateSync(new Uint8Array(200_000_000));
    const bombs = [
      chunk('zTXt', new Uint8Array(Buffer.concat([Buffer.from('a\0\0'), packed]))),
      chunk('iCCP', new Uint8Array(Buffer.concat([Buffer.from('a\0\0'), packed]))),
    ];
    const bytes = png(1, 1, Uint8Array.of(0, 77), { before: bombs });
    const grown = await grownBytes(async () => {
      const decoded = await decodeImage(bytes);
      assert.ok(decoded.ok && decoded.image.data[0] === 77);
    });
    assert.ok(grown < 100_000_000, `${grown} bytes`);
  });
  it('with too few pixels, or cut between chunks, is refused', async () => {
    assert.match(await reason(png(16, 16, new Uint8Array(100))), /100 of 256 bytes of pixels/);
    const whole = png(4, 4, new Uint8Array(20));
    assert.match(await reason(whole.subarray(0, whole.length - 12)), /cut off/);
  });
  it('with an impossible depth or colour type is refused', async () => {
    assert.match(await reason(png(1, 1, Uint8Array.of(0, 0), { depth: 7 })), /header is not sound/);
    assert.match(await reason(png(1, 1, Uint8Array.of(0, 0), { colour: 5 })), /header is not sound/);
  });
});

describe('a JPEG', () => {
  it('is turned as the camera noted', async () => {
    const sound = await sampleJpeg(32, 16, [9, 9, 9]);
    // APP1: Exif, big-endian TIFF, one entry: orientation (0x112), a short, 6 = turn by 90°.
    const words = [0xffe1, 34, 0x4578, 0x6966, 0, 0x4d4d, 0x2a, 0, 8, 1, 0x112, 3, 0, 1, 6, 0, 0, 0];
    const exif = Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]));
    const decoded = await decodeImage(new Uint8Array([...sound.subarray(0, 2), ...exif, ...sound.subarray(2)]));
    assert.ok(decoded.ok);
    assert.deepEqual([decoded.image.width, decoded.image.height], [16, 32]);
  });
});

describe('damage at random bytes', () => {
  for (const [name, make] of [
    [
      'PNG',
      () => encode({ width: 24, height: 24, channels: 3, data: new Uint8Array(24 * 24 * 3).map((_, i) => i * 7) }),
    ],
    ['JPEG', () => sampleJpeg(24, 24, [10, 200, 90])],
  ] as const) {
    it(`of a ${name}: an image or a reason, and the decoder works on`, async () => {
      const sound = await make();
      const stream = rng(1, 0, `damage ${name}`);
      for (let round = 0; round < 300; round++) {
        const bytes = new Uint8Array(sound);
        for (let i = 0; i <= round % 4; i++) bytes[stream.int(bytes.length)] = stream.int(256);
        const decoded = await decodeImage(round % 5 === 0 ? bytes.subarray(0, stream.int(bytes.length)) : bytes);
        if (decoded.ok) {
          const { width, height, channels, data } = decoded.image;
          assert.equal(data.length, width * height * channels);
        }
      }
      const after = await decodeImage(sound);
      assert.ok(after.ok && after.image.width === 24, JSON.stringify(after));
    });
  }
});
