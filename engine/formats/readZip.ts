/**
 * Zip archives, as `.npz` files are: entries from the central directory, unpacked one at a time when asked
 * for. Entries that overlap, claim more than the limits, or are encrypted are refused before anything is
 * unpacked; an entry that unpacks to other than its stated size or sum is refused when it is read. Nothing
 * is ever written to a path from an archive.
 */
import zlib from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked. */
  readonly nBytes: number;
  /** Throws where the entry is damaged; the message is the reason. */
  readonly read: () => Uint8Array;
}

export type ZipReading =
  { readonly ok: true; readonly entries: readonly ZipEntry[] } | { readonly ok: false; readonly reason: string };

/** Unpacked sizes together; a zip bomb of 46 MB can claim petabytes. */
const maxUnpackedBytes = 8 * 2 ** 30;
const maxEntryBytes = 2 ** 31 - 1;
const maxEntries = 2_000_000;
/** DEFLATE cannot do better than about 1,032 : 1. */
const maxRatio = 1_100;

const [localSignature, centralSignature, endSignature] = [0x04034b50, 0x02014b50, 0x06054b50];

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

export function readZip(bytes: Uint8Array): ZipReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const refuse = (reason: string): ZipReading => ({ ok: false, reason });
  const end = findEnd(view);
  if (end === null) return refuse('its directory is missing; it may be cut off');
  const nEntries = view.getUint16(end + 10, true);
  const directoryBytes = view.getUint32(end + 12, true);
  const directory = view.getUint32(end + 16, true);
  if (nEntries === 0xffff || directory === 0xffffffff)
    return refuse('it is in the zip64 form for more than 65,535 entries');
  if (nEntries > maxEntries || directory + directoryBytes > end) return refuse('its directory lies outside the file');

  const found: { name: string; method: number; packed: number; unpacked: number; sum: number; begin: number }[] = [];
  let at = directory;
  let total = 0;
  for (let i = 0; i < nEntries; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== centralSignature)
      return refuse(`entry ${i} of its directory is damaged`);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [sum, packed, unpacked] = [
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 24, true),
    ];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const local = view.getUint32(at + 42, true);
    if (at + 46 + nameBytes > end) return refuse(`entry ${i} of its directory is damaged`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    const label = JSON.stringify(name.slice(0, 80));
    if ((flags & 1) !== 0) return refuse(`its entry ${label} is encrypted`);
    if (method !== 0 && method !== 8) return refuse(`its entry ${label} is packed by method ${method}, not by DEFLATE`);
    if (packed === 0xffffffff || unpacked === 0xffffffff || local === 0xffffffff)
      return refuse(`its entry ${label} is 4 GiB or more`);
    if (unpacked > maxEntryBytes || unpacked > maxRatio * packed + 64)
      return refuse(`its entry ${label} claims ${unpacked} bytes from ${packed}`);
    total += unpacked;
    if (total > maxUnpackedBytes) return refuse(`its entries claim more than ${maxUnpackedBytes} bytes together`);
    if (local + 30 > directory || view.getUint32(local, true) !== localSignature)
      return refuse(`its entry ${label} has no header`);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (begin + packed > directory) return refuse(`its entry ${label} runs into the directory`);
    found.push({ name, method, packed, unpacked, sum, begin });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }

  const inOrder = found.toSorted((a, b) => a.begin - b.begin);
  for (const [i, entry] of inOrder.entries()) {
    const next = inOrder[i + 1];
    if (next !== undefined && entry.begin + entry.packed > next.begin) return refuse('its entries overlap');
  }
  return {
    ok: true,
    entries: found.map(({ name, method, packed, unpacked, sum, begin }) => ({
      name,
      nBytes: unpacked,
      read: () => {
        const stored = bytes.subarray(begin, begin + packed);
        const content = method === 0 ? stored : zlib.inflateRawSync(stored, { maxOutputLength: Math.max(1, unpacked) });
        if (content.length !== unpacked) throw new Error(`it unpacks to ${content.length} of ${unpacked} bytes`);
        if (sumOf(content) !== sum) throw new Error('its checksum is wrong');
        return content;
      },
    })),
  };
}

/** The end record stands before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number | null {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === endSignature && at + 22 + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return null;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = (word & 1) !== 0 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word;
});

/** CRC-32; Node has its own from version 20.15 and 22.2 on. */
function sumOf(bytes: Uint8Array): number {
  if (typeof zlib.crc32 === 'function') return zlib.crc32(bytes);
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 255] as number);
  return (sum ^ 0xffffffff) >>> 0;
}
