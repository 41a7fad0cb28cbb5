/**
 * Tar archives (ustar, with GNU and pax long names), gone through in one pass: the plain files in them, each as its
 * name and a way to take its bytes. Nothing is ever written to a path from an archive, so names are only names; links
 * and devices are left out. Every header's checksum and size are checked before its file is believed, and no more
 * than one file is ever held.
 */
import type { ByteReader } from './byteReader.ts';

export interface TarEntry {
  readonly name: string;
  readonly nBytes: number;
  /** Its bytes; to be asked for before the next entry, else they are skipped. Throws where the archive is cut off. */
  read(): Promise<Uint8Array>;
}

const blockBytes = 512;
/** Of a name in an entry of its own: names longer than a path can be are no names. */
const maxNameBytes = 64 * 1024;

export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= blockBytes && ascii(bytes.subarray(257, 262)) === 'ustar';
}

/** Throws where the archive is damaged; the message is the reason. */
export async function* readTar(reader: ByteReader): AsyncGenerator<TarEntry, void, void> {
  let longName: string | null = null;
  for (;;) {
    const at = reader.position;
    const header = await reader.take(blockBytes);
    if (header.length < blockBytes) throw new Error('it is cut off: the end mark is missing');
    if (header.every((byte) => byte === 0)) return;
    if (!hasSoundChecksum(header)) throw new Error(`its entry at byte ${at} has a wrong checksum`);
    const nBytes = readSize(header.subarray(124, 136));
    if (nBytes === null) throw new Error(`its entry at byte ${at} has no sound size`);
    const begin = reader.position;
    const read = async (): Promise<Uint8Array> => {
      const content = await reader.take(nBytes);
      if (content.length < nBytes) throw new Error(`it is cut off within its entry at byte ${at}`);
      return content;
    };
    const type = String.fromCharCode(header[156] ?? 0);
    if ((type === 'L' || type === 'x') && nBytes > maxNameBytes)
      throw new Error(`its entry at byte ${at} claims a name of ${nBytes} bytes`);
    if (type === 'L') longName = text(await read());
    else if (type === 'x') longName = paxPath(text(await read())) ?? longName;
    else {
      if (type === '0' || type === '\0') yield { name: longName ?? entryName(header), nBytes, read };
      longName = null;
    }
    const end = begin + Math.ceil(nBytes / blockBytes) * blockBytes;
    const left = end - reader.position;
    if ((await reader.skip(left)) < left) throw new Error(`it is cut off within its entry at byte ${at}`);
  }
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
