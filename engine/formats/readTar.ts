/**
 * Tar archives (ustar, with GNU and pax long names): the plain files in them, as views into the bytes.
 * Nothing is ever written to a path from an archive, so names are only names; links and devices are left
 * out. Every header's checksum and extent are checked before its file is believed.
 */

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type ArchiveReading =
  { readonly ok: true; readonly files: readonly ArchiveFile[] } | { readonly ok: false; readonly reason: string };

const blockBytes = 512;
const maxFiles = 2_000_000;

export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= blockBytes && ascii(bytes.subarray(257, 262)) === 'ustar';
}

export function readTar(bytes: Uint8Array): ArchiveReading {
  const files: ArchiveFile[] = [];
  let longName: string | null = null;
  let at = 0;
  while (at + blockBytes <= bytes.length) {
    const header = bytes.subarray(at, at + blockBytes);
    if (header.every((byte) => byte === 0)) return { ok: true, files };
    if (!hasSoundChecksum(header)) return { ok: false, reason: `its entry at byte ${at} has a wrong checksum` };
    const size = readSize(header.subarray(124, 136));
    if (size === null) return { ok: false, reason: `its entry at byte ${at} has no sound size` };
    const begin = at + blockBytes;
    if (begin + size > bytes.length) return { ok: false, reason: `it is cut off within its entry at byte ${at}` };
    const content = bytes.subarray(begin, begin + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') longName = text(content);
    else if (type === 'x') longName = paxPath(text(content)) ?? longName;
    else {
      if (type === '0' || type === '\0') files.push({ name: longName ?? entryName(header), bytes: content });
      longName = null;
    }
    if (files.length > maxFiles) return { ok: false, reason: `it holds more than ${maxFiles} files` };
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
  }
  return { ok: false, reason: 'it is cut off: the end mark is missing' };
}

function entryName(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  const prefix = ascii(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `<length> path=<name>\n` among the records of a pax header. */
function paxPath(records: string): string | null {
  return /^\d+ path=(.*)$/m.exec(records)?.[1] ?? null;
}

/** Octal digits; sizes in base 256 (above 8 GiB) are not read. */
function readSize(field: Uint8Array): number | null {
  const digits = text(field).trim();
  return /^[0-7]{1,12}$/.test(digits) ? parseInt(digits, 8) : null;
}

function hasSoundChecksum(header: Uint8Array): boolean {
  const stored = parseInt(text(header.subarray(148, 156)).trim(), 8);
  let sum = 0;
  for (let i = 0; i < blockBytes; i++) sum += 148 <= i && i < 156 ? 32 : (header[i] as number);
  return sum === stored;
}

/** Up to the first NUL. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
