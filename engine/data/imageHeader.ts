/**
 * What an image file is and how large, from its first bytes, without decoding anything. A JPEG's size
 * stands in its frame header, found by stepping over segments; every step moves forward, so no file can
 * hold the reader up.
 */

export type ImageHeader =
  | { readonly ok: true; readonly format: 'png' | 'jpeg'; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly reason: string };

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function imageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (pngSignature.every((byte, i) => bytes[i] === byte)) {
    if (bytes.length < 24) return { ok: false, reason: 'it is cut off within its header' };
    return { ok: true, format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes, view);
  return { ok: false, reason: 'it is neither PNG nor JPEG' };
}

function jpegHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return { ok: false, reason: 'its JPEG segments are damaged' };
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // C0–CF are frame headers, but for C4 (Huffman tables), C8 (reserved) and CC (arithmetic coding).
    if (0xc0 <= marker && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (at + 9 > bytes.length) break;
      return { ok: true, format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    const standalone = marker === 0x01 || (0xd0 <= marker && marker <= 0xd8);
    if (marker === 0xd9 || marker === 0xda) return { ok: false, reason: 'it has no JPEG frame header' };
    at += standalone ? 2 : 2 + view.getUint16(at + 2);
  }
  return { ok: false, reason: 'it is cut off within its header' };
}
