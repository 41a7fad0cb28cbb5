/**
 * `npm run bench:corpus -- --server [folder …]`: texts written to hurt, and a long session over real files, through
 * the built server's own process. Each hostile text is opened, edited at random and closed, while another document is
 * asked for a hover; then files of the repositories in these folders are edited at random, a few open at a time.
 * The server must answer everything and live. Prints the longest waits and the memory as it goes; writes
 * bench/results/corpus-server.json; exit code 1 where an answer was missing. SEED, CASES (all), FILES (60) and
 * EDITS (2000) set how much, ONLY=name picks hostile texts, SERVER another build. `npm run build` comes first.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rng, type Rng } from '../engine/random/rng.ts';
import { randomEdit, shuffled } from './corpusEdits.ts';
import { filesOf } from './corpusRobust.ts';
import { hostileCases } from './hostileTexts.ts';
import { percentile } from './percentile.ts';
import { startServer, type Edit, type TimedServer } from './timedServer.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = process.env['SERVER'] ?? join(root, 'dist', 'server.cjs');
/** An answer that takes longer, on any machine, will not come. */
const MAX_WAIT_MS = 120_000;
const MAX_LENGTH = 100_000;
/** Documents of the long session that are open at the same time. */
const MAX_OPEN = 8;
const EDITS_AT_A_TIME = 5;

/** The number of answers that did not come. */
export async function checkServer(folders: readonly string[]): Promise<number> {
  if (!existsSync(server)) {
    console.error(`${server} is missing: run 'npm run build' first.`);
    return 1;
  }
  const random = rng(Number(process.env['SEED'] ?? 1), 0, 'server');
  const loadBefore = loadavg();
  const failures: string[] = [];
  const hostile = await sendHostile(random, failures);
  const session = folders.length === 0 ? null : await workLong(folders, random, failures);
  console.log(`answers that did not come: ${failures.length}`);
  for (const failure of failures) console.log(`  ${failure}`);
  const load = { before: loadBefore, after: loadavg() };
  const result = { date: new Date().toISOString(), load, hostile, session, failures };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/corpus-server.json', `${JSON.stringify(result, null, 1)}\n`);
  return failures.length;
}

async function sendHostile(random: Rng, failures: string[]) {
  const wanted = process.env['ONLY'] ?? '';
  const cases = Object.entries(hostileCases())
    .filter(([name]) => name.includes(wanted))
    .slice(0, Number(process.env['CASES'] ?? Infinity));
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-hostile-'));
  const calm = join(root, 'samples', 'dcgan', 'dcgan_torch.py');
  const calmUri = pathToFileURL(join(folder, 'calm.py')).href;
  const running = await start(folder);
  await running.open(calmUri, readFileSync(calm, 'utf8'));
  await running.nHints(calmUri);
  const hoverMs: number[] = [];
  const answerMs: { readonly name: string; readonly ms: number }[] = [];
  for (const [idx, [name, files]] of cases.entries()) {
    for (const [path, text] of Object.entries(files)) {
      const place = join(folder, String(idx), path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    const [[path, text] = ['', '']] = Object.entries(files);
    const uri = pathToFileURL(join(folder, String(idx), path)).href;
    const startedAt = performance.now();
    await running.open(uri, text);
    const first = inTime(running, () => running.nHints(uri));
    const hover = inTime(running, () => running.hover(calmUri, { line: 40, character: 8 }));
    for (let count = 0; count < 3; count++) await running.edit(uri, spotEdit(text, random));
    const last = inTime(running, () => running.nHints(uri));
    const [one, calmly, other] = await Promise.all([first, hover, last]);
    if (one === null || other === null) failures.push(`${name}: no hints`);
    if (calmly === null) failures.push(`${name}: no hover of another document`);
    else hoverMs.push(calmly);
    answerMs.push({ name, ms: performance.now() - startedAt });
    await running.close(uri);
    rmSync(join(folder, String(idx)), { recursive: true });
    if (running.hasEnded()) break;
  }
  const peakBytes = running.peakBytes();
  if (running.hasEnded()) failures.push('the server ended');
  else await running.stop();
  rmSync(folder, { recursive: true });
  answerMs.sort((left, right) => right.ms - left.ms);
  const longestHoverMs = Math.max(0, ...hoverMs);
  console.log(
    `${cases.length} hostile texts, 3 edits each: hover of another document p50 ${percentile(hoverMs, 0.5).toFixed(0)} ms, ` +
      `at most ${longestHoverMs.toFixed(0)} ms; memory at most ${mebibytes(peakBytes)}`,
  );
  for (const { name, ms } of answerMs.slice(0, 5)) console.log(`  ${ms.toFixed(0).padStart(6)} ms ${name}`);
  return {
    texts: cases.length,
    hoverMs: { p50: percentile(hoverMs, 0.5), max: longestHoverMs },
    peakBytes,
    slowest: answerMs.slice(0, 5).map(({ name, ms }) => ({ name, ms: Math.round(ms) })),
  };
}

interface RealFile {
  readonly uri: string;
  readonly text: string;
}

/** Real files, a few open at a time, one after the other edited; closed when others take their place. */
async function workLong(folders: readonly string[], random: Rng, failures: string[]) {
  const nEdits = Number(process.env['EDITS'] ?? 2000);
  const running = await start(folders[0] ?? '.');
  const files = await filesWithHints(running, folders, random, failures);
  const open: RealFile[] = [];
  const editMs: number[] = [];
  const rss: { readonly edits: number; readonly bytes: number | null }[] = [];
  for (let visit = 0; editMs.length < nEdits && files.length > 0 && !running.hasEnded(); visit++) {
    const file = files[visit % files.length] as RealFile;
    if (!open.includes(file)) {
      await running.open(file.uri, file.text);
      open.push(file);
    }
    const oldest = open.length > MAX_OPEN ? open.shift() : undefined;
    if (oldest !== undefined) await running.close(oldest.uri);
    for (let turn = 0; turn < EDITS_AT_A_TIME; turn++) {
      // Every other one takes the last one back, or the file would soon be no program.
      const text = turn % 2 === 0 ? randomEdit(file.text, random) : file.text;
      const startedAt = performance.now();
      await running.edit(file.uri, { range: everything, text });
      const nHints = await inTime(running, () => running.nHints(file.uri));
      if (nHints === null) failures.push(`${basename(file.uri)}: no hints`);
      editMs.push(performance.now() - startedAt);
    }
    if (visit % 20 !== 19) continue;
    const bytes = running.rssBytes();
    rss.push({ edits: editMs.length, bytes });
    console.log(`  after ${String(editMs.length).padStart(5)} edits ${mebibytes(bytes)}`);
  }
  const peakBytes = running.peakBytes();
  if (running.hasEnded()) failures.push('the server ended');
  else await running.stop();
  const [p50Ms, p95Ms] = [percentile(editMs, 0.5), percentile(editMs, 0.95)];
  console.log(
    `${editMs.length} edits of ${files.length} files in one server: p50 ${p50Ms.toFixed(0)} ms, ` +
      `p95 ${p95Ms.toFixed(0)} ms; memory at most ${mebibytes(peakBytes)}`,
  );
  return { files: files.length, edits: editMs.length, p50Ms, p95Ms, peakBytes, rss };
}

async function filesWithHints(
  running: TimedServer,
  folders: readonly string[],
  random: Rng,
  failures: string[],
): Promise<readonly RealFile[]> {
  const nFiles = Number(process.env['FILES'] ?? 60);
  const found: RealFile[] = [];
  for (const path of shuffled([...sourcesIn(folders)], random)) {
    if (found.length >= nFiles || running.hasEnded()) break;
    const file = { uri: pathToFileURL(path).href, text: readFileSync(path, 'utf8') };
    if (file.text.length > MAX_LENGTH || !/\b(torch|keras|tensorflow|tf)\b/.test(file.text)) continue;
    await running.open(file.uri, file.text);
    const nHints = await inTime(running, () => running.nHints(file.uri));
    if (nHints === null) failures.push(`${path}: no hints`);
    else if (nHints > 0) found.push(file);
    await running.close(file.uri);
  }
  return found;
}

function* sourcesIn(folders: readonly string[]): Generator<string> {
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      const repository = join(folder, name);
      if (!statSync(repository).isDirectory()) continue;
      for (const path of filesOf(repository, '')) if (!path.endsWith('.ipynb')) yield join(repository, path);
    }
  }
}

/** As the extension starts it. */
function start(folder: string): Promise<TimedServer> {
  return startServer({
    args: ['--max-semi-space-size=16', server, '--stdio', '--code-cache='],
    rootUri: pathToFileURL(folder).href,
    initializationOptions: { settings: { analysis: { debounceMs: 0 } } },
  });
}

/** null: the answer did not come in time, or the server is gone. */
async function inTime<T>(running: TimedServer, ask: () => Promise<T>): Promise<T | null> {
  let answer: { readonly value: T | null } | null = null;
  const asked = ask().then(
    (value) => (answer = { value }),
    () => (answer = { value: null }),
  );
  const deadline = performance.now() + MAX_WAIT_MS;
  while (answer === null && performance.now() < deadline && !running.hasEnded()) {
    const timer = new AbortController();
    await Promise.race([asked, sleep(1000, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
  return (answer as { readonly value: T | null } | null)?.value ?? null;
}

const everything = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

/** A piece of code at the start of a line. */
function spotEdit(text: string, random: Rng): Edit {
  const line = random.int(Math.min(1000, text.split('\n').length));
  const at = { line, character: 0 };
  return { range: { start: at, end: at }, text: ['x', '(', '"', '\n', 'def f():\n  ', ')'][random.int(6)] ?? '' };
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? 'not known on this system' : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
