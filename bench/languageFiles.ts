/**
 * `npm run bench:language -- <file or folder>…`: the language server over real files. Of a folder, those of 500
 * to 1,500 lines in which models are found, each with the repository around it on the disk, so that a file of
 * models has the scripts beside it that train them. Times each edit of realEdits.ts from the changed text to
 * the new hints, and prints p50 and p95 per file, per kind of file and kind of edit, and over all.
 * A folder of repositories is one that holds no source and no README itself.
 * EDITS_PER_KIND (4) sets how many; LINES_OF (500-1500), MAX_FILES and SERVER which.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { percentile } from './percentile.ts';
import { editKinds, realEdits, type EditKind } from './realEdits.ts';
import { startServer, type TimedServer } from './timedServer.ts';

const [minLines = 500, maxLines = 1500] = (process.env['LINES_OF'] ?? '500-1500').split('-').map(Number);
const nPerKind = Number(process.env['EDITS_PER_KIND'] ?? 4);
const maxFiles = Number(process.env['MAX_FILES'] ?? 200);

interface Candidate {
  readonly root: string;
  readonly path: string;
}

interface TimedFile {
  readonly name: string;
  readonly kind: string;
  readonly lines: number;
  readonly openMs: number;
  readonly rssBytes: number | null;
  readonly times: readonly { readonly kind: EditKind; readonly ms: number }[];
}

export interface Summary {
  readonly edits: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface RealFilesResult {
  readonly files: readonly (Summary & {
    readonly file: string;
    readonly kind: string;
    readonly lines: number;
    readonly openMs: number;
    readonly rssBytes: number | null;
  })[];
  readonly byKind: Readonly<Record<string, Summary & { readonly files: number }>>;
  readonly byEdit: Readonly<Record<string, Summary>>;
  readonly all: Summary;
}

export async function benchFiles(paths: readonly string[], server: readonly string[]): Promise<RealFilesResult> {
  const files: TimedFile[] = [];
  for (const candidate of paths.flatMap((path) => [...candidatesOf(resolve(path))])) {
    if (files.length >= maxFiles) break;
    const timed = await timeFile(candidate, server);
    if (timed === null) continue;
    files.push(timed);
    const { p50Ms, p95Ms, edits } = summary(timed.times);
    console.log(
      `${ms(p50Ms)} ${ms(p95Ms)} ms  ${String(edits).padStart(4)} edits  ${String(timed.lines).padStart(5)} lines  ` +
        `${mebibytes(timed.rssBytes)}  ${timed.kind.padEnd(16)} ${timed.name}`,
    );
  }
  const all = files.flatMap(({ times }) => times);
  const kinds = [...new Set(files.map(({ kind }) => kind))].sort();
  const result: RealFilesResult = {
    files: files.map(({ name, kind, lines, openMs, rssBytes, times }) => ({
      file: name,
      kind,
      lines,
      openMs,
      rssBytes,
      ...summary(times),
    })),
    byKind: Object.fromEntries(
      kinds.map((kind) => {
        const own = files.filter((file) => file.kind === kind);
        return [kind, { files: own.length, ...summary(own.flatMap(({ times }) => times)) }];
      }),
    ),
    byEdit: Object.fromEntries(editKinds.map((kind) => [kind, summary(all.filter((time) => time.kind === kind))])),
    all: summary(all),
  };
  const row = (name: string, { p50Ms, p95Ms, edits }: Summary, more = ''): void =>
    console.log(`${name.padEnd(20)} p50 ${ms(p50Ms)} ms   p95 ${ms(p95Ms)} ms   ${edits} edits${more}`);
  console.log(`${files.length} real files, edit to hints`);
  for (const [kind, one] of Object.entries(result.byKind)) row(kind, one, `, ${one.files} files`);
  for (const [kind, one] of Object.entries(result.byEdit)) row(`edit: ${kind}`, one);
  row('all', result.all);
  return result;
}

async function timeFile({ root, path }: Candidate, args: readonly string[]): Promise<TimedFile | null> {
  const server = await startServer({
    args,
    rootUri: pathToFileURL(root).href,
    initializationOptions: { settings: { analysis: { debounceMs: 0 } } },
  });
  try {
    const text = readFileSync(join(root, path), 'utf8');
    const uri = pathToFileURL(join(root, path)).href;
    const startedAt = performance.now();
    await server.open(uri, text);
    const hinted = await server.hintedLines(uri);
    const openMs = performance.now() - startedAt;
    if (hinted.length === 0) return null;
    const times = await timeEdits(server, uri, text, hinted);
    return {
      name: `${basename(root)}/${path}`,
      kind: kindOf(path, text),
      lines: text.split('\n').length,
      openMs,
      rssBytes: server.rssBytes(),
      times,
    };
  } finally {
    await server.stop();
  }
}

async function timeEdits(
  server: TimedServer,
  uri: string,
  text: string,
  hinted: readonly number[],
): Promise<TimedFile['times']> {
  const edits = realEdits(text, hinted, nPerKind);
  const times: { readonly kind: EditKind; readonly ms: number }[] = [];
  // The first turn warms the server up, as the first minute of work does.
  for (const isTimed of [false, true]) {
    for (const { kind, there, back } of edits) {
      for (const edit of [there, back]) {
        const ms = await server.timeHints(uri, edit);
        if (isTimed) times.push({ kind, ms });
      }
    }
  }
  return times;
}

function kindOf(path: string, text: string): string {
  if (!path.endsWith('.py')) return /\.tsx?$/.test(path) ? 'TypeScript' : 'JavaScript';
  const isTorch = /^\s*(import|from) torch\b/m.test(text);
  const framework = isTorch ? 'PyTorch' : 'Keras';
  const isScript = /__main__|parse_args|^(for|while) /m.test(text);
  return `${framework} ${isScript ? 'script' : 'models'}`;
}

function* candidatesOf(path: string): Generator<Candidate> {
  if (statSync(path).isFile()) {
    const root = repositoryOf(dirname(path));
    yield { root, path: relative(root, path) };
    return;
  }
  const isRepository = readdirSync(path, { withFileTypes: true }).some(
    (entry) => entry.isFile() && (/^readme/i.test(entry.name) || SOURCE.test(entry.name)),
  );
  const roots = isRepository ? [path] : readdirSync(path).map((name) => join(path, name));
  for (const root of roots) {
    if (!statSync(root).isDirectory()) continue;
    for (const file of sourcesOf(root, '')) {
      const text = readFileSync(join(root, file), 'utf8');
      const nLines = text.split('\n').length;
      const isLikely = /\b(torch|keras|tensorflow|tf)\b/.test(text) && text.length < 40 * nLines + 20_000;
      if (minLines <= nLines && nLines <= maxLines && isLikely) yield { root, path: file };
    }
  }
}

const SOURCE = /\.(py|tsx?|jsx?|mjs)$/;

function* sourcesOf(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') yield* sourcesOf(root, path);
    else if (entry.isFile() && SOURCE.test(entry.name) && !/\.(min|test|d)\.[jt]s$/.test(entry.name)) yield path;
  }
}

/** The nearest folder above with a README or a history; else the file's own. */
function repositoryOf(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (readdirSync(at).some((name) => name === '.git' || /^readme/i.test(name))) return at;
  }
  return folder;
}

function summary(times: readonly { readonly ms: number }[]): Summary {
  const all = times.map((time) => time.ms);
  return { edits: all.length, p50Ms: percentile(all, 0.5), p95Ms: percentile(all, 0.95) };
}

function ms(value: number): string {
  return value.toFixed(1).padStart(6);
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? '' : `${(bytes / 2 ** 20).toFixed(0)} MiB`.padStart(7);
}
