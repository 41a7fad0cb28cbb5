/**
 * Runs a script with the code that V8 made of it last time, so that starting it compiles nothing. What V8 made is
 * kept in a folder of the user's, never in a workspace or beside the script: an install that cannot be written to
 * starts as well, only slower. V8 checks version and flags but neither source nor damage, and a damaged file would
 * end the process: a name from the source, a checksum and the file's owner are checked here, and what does not hold
 * is compiled anew.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import * as zlib from 'node:zlib';

export interface LoadedScript {
  /** Whether the code was there already. */
  readonly wasKept: boolean;
  /** Keeps the code of all functions that have run by now; nothing where it cannot be written. */
  keep(): void;
}

/** The newest stay: other versions of Node, and of the script while one is replaced by the next. */
const maxKept = 4;
const headerBytes = 8;
const magic = 0x53574331;

/** `folder` null: compiles each time. The script is CommonJS, of ASCII characters alone. */
export function runScript(file: string, folder: string | null): LoadedScript {
  const source = readFileSync(file, 'latin1');
  const path = folder === null ? null : join(folder, nameOf(source));
  const kept = path === null ? undefined : readKept(path);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  const wasKept = kept !== undefined && script.cachedDataRejected === false;
  const run = script.runInThisContext() as (...values: unknown[]) => void;
  const module = { exports: {} };
  run(module.exports, requireLazily(createRequire(file)), module, file, dirname(file));
  return {
    wasKept,
    keep() {
      if (path !== null) writeKept(path, script.createCachedData());
    },
  };
}

/** Before Node 20.15 there is no checksum that costs nothing, so nothing is kept. */
function checksum(data: string | Uint8Array): number | null {
  return typeof zlib.crc32 === 'function' ? zlib.crc32(data) : null;
}

function nameOf(source: string): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  return `server-${hex(checksum(source) ?? 0)}${hex(source.length)}-${hex(cachedDataVersionTag())}.bin`;
}

function readKept(path: string): Buffer | undefined {
  let file;
  try {
    file = openSync(path, 'r');
    const { uid, mode } = fstatSync(file);
    // What others may write is not run.
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
    const all = readFileSync(file);
    if (all.length < headerBytes || all.readUInt32LE(0) !== magic) return undefined;
    const data = all.subarray(headerBytes);
    return checksum(data) === all.readUInt32LE(4) ? data : undefined;
  } catch {
    return undefined; // None yet, or not readable.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function writeKept(path: string, data: Uint8Array): void {
  const sum = checksum(data);
  if (sum === null) return;
  const folder = dirname(path);
  const unfinished = `${path}.${process.pid}`;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(sum, 4);
  // Where the disk is full or read-only, the next start compiles again.
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(unfinished, Buffer.concat([header, data]), { mode: 0o600 });
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
    forgetOldest(folder, path);
  } catch {
    return;
  }
}

function forgetOldest(folder: string, newest: string): void {
  const others = readdirSync(folder)
    .filter((name) => name.startsWith('server-') && join(folder, name) !== newest)
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((one, two) => two.at - one.at);
  for (const { path } of others.slice(maxKept - 1)) rmSync(path, { force: true });
}

/** Loaded by packages for what a server never does with them: named pipes and other processes. */
const seldomUsed: ReadonlySet<string> = new Set(['crypto', 'child_process']);

function requireLazily(require: NodeJS.Require): (name: string) => unknown {
  return (name) => {
    if (!seldomUsed.has(name)) return require(name) as unknown;
    return new Proxy({}, { get: (_target, key) => (require(name) as Record<string | symbol, unknown>)[key] });
  };
}
