/**
 * Zip archives, as `.npz` files are: entries from the central directory, unpacked one at a time when asked
 * for, whole or as a stream. Only the directory is held. Entries that overlap, claim more than the limits, or are
 * encrypted are refused before anything is unpacked; an entry that unpacks to other than its stated size or sum is
 * refused when it is read. Nothing is ever written to a path from an archive.
 */
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { RandomBytes } from './randomBytes.ts';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked. */
  readonly nBytes: number;
  /** Throws where the entry is damaged or too large to hold; the message is the reason. */
  readonly read: () => Uint8Array;
  /** The same from the beginning in chunks; throws at the end where the whole is not what was stated. */
  readonly stream: () => AsyncIterable<Uint8Array>;
}

export type ZipReading =
  { readonly ok: true; readonly entries: readonly ZipEntry[] } | { readonly ok: false; readonly reason: string };

/** Of an entry that is read whole: an image file. */
const maxHeldBytes = 256 * 2 ** 20;
const maxDirectoryBytes = 64 * 2 ** 20;
/** DEFLATE cannot do better than about 1,032 : 1; a zip bomb of 46 MB can claim petabytes. */
const maxRatio = 1_100;
const endBytes = 22;

const [localSignature, centralSignature, endSignature] = [0x04034b50, 0x02014b50, 0x06054b50];

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

export function readZip(archive: RandomBytes): ZipReading {
  const refuse = (reason: string): ZipReading => ({ ok: false, reason });
  const tailBegin = Math.max(0, archive.length - endBytes - 0xffff);
  const tail = viewOf(archive.read(tailBegin, archive.length));
  const endInTail = findEnd(tail);
  if (endInTail === null) return refuse('its directory is missing; it may be cut off');
  const end = tailBegin + endInTail;
  const nEntries = tail.getUint16(endInTail + 10, true);
  const directoryBytes = tail.getUint32(endInTail + 12, true);
  const directory = tail.getUint32(endInTail + 16, true);
  if (nEntries === 0xffff || directory === 0xffffffff)
    return refuse('it is in the zip64 form for more than 65,535 entries');
  if (directory + directoryBytes > end) return refuse('its directory lies outside the file');
  if (end - directory > maxDirectoryBytes) return refuse(`its directory takes ${end - directory} bytes`);

  const found: FoundEntry[] = [];
  const listed = archive.read(directory, end);
  const view = viewOf(listed);
  let at = 0;
  for (let i = 0; i < nEntries; i++) {
    if (at + 46 > listed.length || view.getUint32(at, true) !== centralSignature)
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
    if (at + 46 + nameBytes > listed.length) return refuse(`entry ${i} of its directory is damaged`);
    const name = new TextDecoder().decode(listed.subarray(at + 46, at + 46 + nameBytes));
    const label = JSON.stringify(name.slice(0, 80));
    if ((flags & 1) !== 0) return refuse(`its entry ${label} is encrypted`);
    if (method !== 0 && method !== 8) return refuse(`its entry ${label} is packed by method ${method}, not by DEFLATE`);
    if (packed === 0xffffffff || unpacked === 0xffffffff || local === 0xffffffff)
      return refuse(`its entry ${label} is 4 GiB or more`);
    if (unpacked > maxRatio * packed + 64) return refuse(`its entry ${label} claims ${unpacked} bytes from ${packed}`);
    if (local + 30 > directory) return refuse(`its entry ${label} has no header`);
    const header = viewOf(archive.read(local, local + 30));
    if (header.getUint32(0, true) !== localSignature) return refuse(`its entry ${label} has no header`);
    const begin = local + 30 + header.getUint16(26, true) + header.getUint16(28, true);
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
    entries: found.map((entry) => ({
      name: entry.name,
      nBytes: entry.unpacked,
      read: () => readEntry(archive, entry),
      stream: () => streamEntry(archive, entry),
    })),
  };
}

interface FoundEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly sum: number;
  readonly begin: number;
}

function readEntry(archive: RandomBytes, { begin, method, packed, unpacked, sum }: FoundEntry): Uint8Array {
  if (Math.max(packed, unpacked) > maxHeldBytes)
    throw new Error(`it has ${unpacked} bytes, above the limit of ${maxHeldBytes}`);
  const stored = archive.read(begin, begin + packed);
  const content = method === 0 ? stored : zlib.inflateRawSync(stored, { maxOutputLength: Math.max(1, unpacked) });
  if (content.length !== unpacked) throw new Error(`it unpacks to ${content.length} of ${unpacked} bytes`);
  if (sumOf(content, 0) !== sum) throw new Error('its checksum is wrong');
  return content;
}

async function* streamEntry(
  archive: RandomBytes,
  { begin, method, packed, unpacked, sum }: FoundEntry,
): AsyncGenerator<Uint8Array, void, void> {
  const stored = archive.stream(begin, begin + packed);
  let nBytes = 0;
  let soFar = 0;
  for await (const chunk of method === 0 ? stored : inflated(stored)) {
    nBytes += chunk.length;
    if (nBytes > unpacked) throw new Error(`it unpacks to more than ${unpacked} bytes`);
    soFar = sumOf(chunk, soFar);
    yield chunk;
  }
  if (nBytes !== unpacked) throw new Error(`it unpacks to ${nBytes} of ${unpacked} bytes`);
  if (soFar !== sum) throw new Error('its checksum is wrong');
}

function inflated(stored: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflate = zlib.createInflateRaw();
  const source = Readable.from(stored);
  source.on('error', (error) => inflate.destroy(error));
  inflate.on('close', () => source.destroy());
  return source.pipe(inflate);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The end record stands before a comment of at most 65,535 bytes. */
function findEnd(view: DataView): number | null {
  for (let at = view.byteLength - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) === endSignature && at + endBytes + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return null;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = (word & 1) !== 0 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word;
});

/** CRC-32, going on from `before`; Node has its own from version 20.15 and 22.2 on. */
function sumOf(bytes: Uint8Array, before: number): number {
  if (typeof zlib.crc32 === 'function') return zlib.crc32(bytes, before);
  let sum = ~before >>> 0;
  for (const byte of bytes) sum = (sum >>> 8) ^ (table[(sum ^ byte) & 255] as number);
  return ~sum >>> 0;
}
