/** Archives and arrays for tests, written byte by byte, sound or with chosen lies in their headers. */
import zlib from 'node:zlib';

/** Entries: name, content, type flag, size field as text. */
export function tarFile(entries: readonly (readonly [string, Uint8Array, string?, string?])[]): Uint8Array {
  const blocks = entries.flatMap(([name, content, type = '0', size]) => {
    const long = new TextEncoder().encode(`${name}\0`);
    const prefix = name.length > 100 ? tarEntry('././@LongLink', long, 'L', octal(long.length)) : [];
    return [...prefix, ...tarEntry(name.slice(0, 100), content, type, size ?? octal(content.length))];
  });
  return concat([...blocks, new Uint8Array(1024)]);
}

function tarEntry(name: string, content: Uint8Array, type: string, size: string): Uint8Array[] {
  const header = new Uint8Array(512);
  const put = (at: number, words: string) => header.set(new TextEncoder().encode(words), at);
  put(0, name);
  put(100, '0000644\0');
  put(124, `${size}\0`);
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\x0000');
  put(
    148,
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  );
  return [header, content, new Uint8Array((512 - (content.length % 512)) % 512)];
}

function octal(n: number): string {
  return n.toString(8).padStart(11, '0');
}

export interface ZipFixture {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly method?: 0 | 8;
  /** Instead of `content`: packed bytes, and a size that may be a lie. */
  readonly packed?: Uint8Array;
  readonly unpackedBytes?: number;
}

export function zipFile(entries: readonly ZipFixture[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content = new Uint8Array(), method = 8, packed, unpackedBytes } of entries) {
    const label = new TextEncoder().encode(name);
    const stored = packed ?? (method === 8 ? zlib.deflateRawSync(content) : content);
    const shared = numbers([
      [20, 2],
      [0, 2],
      [method, 2],
      [0, 4],
      [crc32(content), 4],
      [stored.length, 4],
      [unpackedBytes ?? content.length, 4],
      [label.length, 2],
      [0, 2],
    ]);
    const local = concat([numbers([[0x04034b50, 4]]), shared, label, stored]);
    directory.push(
      concat([
        numbers([
          [0x02014b50, 4],
          [20, 2],
        ]),
        shared,
        numbers([
          [0, 2],
          [0, 2],
          [0, 2],
          [0, 4],
          [at, 4],
        ]),
        label,
      ]),
    );
    parts.push(local);
    at += local.length;
  }
  const listed = concat(directory);
  const end = numbers([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [listed.length, 4],
    [at, 4],
    [0, 2],
  ]);
  return concat([...parts, listed, end]);
}

export function npyFile(descr: string, shape: readonly number[], data: Uint8Array, header?: string): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const words = header ?? `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padded = new TextEncoder().encode(`${words.padEnd(117)}\n`);
  return concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), numbers([[padded.length, 2]]), padded, data]);
}

/** Bit by bit, so that the reader's table is not checked with itself. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function numbers(fields: readonly (readonly [number, 2 | 4])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
