/**
 * `npm run bench:corpus -- --edits <folder> [folder …]`: random edits of the model sources of the repositories in
 * these folders. After each one the spans of the syntax tree must nest, nothing may throw, and what the file is
 * described as, from what it was before, must equal a fresh analysis of the same text. The edits follow from SEED
 * (a number, 1 unless told) alone; EDITS says how many a file gets (5), FILES how many files at most, ONLY=name
 * picks files. Writes bench/results/corpus-edits.json; exit code 1 where anything failed.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { rng, type Rng } from '../engine/random/rng.ts';
import { isScript } from '../language/analyze.ts';
import { describeFile, toReport } from '../language/describeFile.ts';
import { describeAgain, type Described, type Effort } from '../language/incremental/describeAgain.ts';
import { defaultSettings } from '../language/settings.ts';
import type { SourceHost } from '../language/sourceHost.ts';
import { parseJavascript } from '../language/syntax/javascript.ts';
import { misplaced } from '../language/syntax/misplaced.ts';
import { parsePython } from '../language/syntax/python.ts';
import { diskHost } from './corpusHost.ts';
import { filesOf } from './corpusRobust.ts';

const LIMIT_LENGTH = 100_000;
const PIECES = [
  '',
  '',
  '1',
  '0',
  '(',
  ')',
  ':',
  '\n',
  '    ',
  '#',
  '//',
  '"',
  "'''",
  'self.',
  'x',
  ', ',
  '= ',
  '[',
  '}',
];

interface EditCounts {
  files: number;
  edits: number;
  models: number;
  readonly efforts: Record<Effort, number>;
  readonly failures: string[];
}

/** The number of edits after which something was not as it must be. */
export function checkEdits(folders: readonly string[]): number {
  const seed = Number(process.env['SEED'] ?? 1);
  const wanted = process.env['ONLY'] ?? '';
  const nFiles = Number(process.env['FILES'] ?? Infinity);
  const counts: EditCounts = {
    files: 0,
    edits: 0,
    models: 0,
    efforts: { everything: 0, 'some models': 0, nothing: 0 },
    failures: [],
  };
  const random = rng(seed, 0, 'edits');
  const sources = folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((root) => statSync(root).isDirectory())
    .flatMap((root) => [...filesOf(root, '')].map((path) => ({ root, path })))
    .filter(({ root, path }) => !path.endsWith('.ipynb') && `${basename(root)}/${path}`.includes(wanted));
  for (const { root, path } of shuffled(sources, random)) {
    if (counts.files >= nFiles) break;
    editFile(diskHost(root), `${basename(root)}/${path}`, path, random, counts);
  }
  const { files, edits, models, efforts, failures } = counts;
  console.log(`${edits} edits of ${files} files with ${models} models: ${failures.length} failures`);
  for (const [effort, count] of Object.entries(efforts)) console.log(`  ${String(count).padStart(6)} ${effort}`);
  for (const failure of failures) console.log(`  ${failure}`);
  mkdirSync('bench/results', { recursive: true });
  const result = { date: new Date().toISOString(), seed, files, edits, models, efforts, failures };
  writeFileSync('bench/results/corpus-edits.json', `${JSON.stringify(result, null, 1)}\n`);
  return failures.length;
}

function editFile(disk: SourceHost, name: string, path: string, random: Rng, counts: EditCounts): void {
  const original = disk.read(path);
  if (original === null || original.length > LIMIT_LENGTH) return;
  let text = original;
  const host: SourceHost = { ...disk, read: (file) => (file === path ? text : disk.read(file)) };
  const nEdits = Number(process.env['EDITS'] ?? 5);
  let what = 'as it is';
  try {
    let described: Described | null = describeAgain(host, path, defaultSettings, null);
    if (described.description.models.length === 0) return;
    counts.files++;
    counts.models += described.description.models.length;
    for (let idx = 0; idx < nEdits; idx++) {
      // Every other one takes the last one back, or the file would soon be no program.
      const next: string = idx % 2 === 1 ? original : randomEdit(text, random);
      what = `edit ${idx}`;
      text = next;
      counts.edits++;
      const { body } = isScript(path) ? parseJavascript(text) : parsePython(text);
      if (misplaced(body, 0, text.length) !== null) counts.failures.push(`${name}, ${what}: spans do not nest`);
      described = describeAgain(host, path, defaultSettings, described);
      counts.efforts[described.effort]++;
      const fresh = describeFile(host, path, defaultSettings, {});
      if (!isDeepStrictEqual(toReport(described.description), toReport(fresh)))
        counts.failures.push(`${name}, ${what}: differs from a fresh analysis`);
    }
  } catch (error) {
    counts.failures.push(`${name}, ${what}: threw ${String(error)}`);
  }
}

/** Up to 30 characters go, and a few come: a piece of code, or some of the file from elsewhere. */
export function randomEdit(text: string, random: Rng): string {
  const at = random.int(text.length + 1);
  const nGone = random.int(2) === 0 ? 0 : random.int(30);
  const from = random.int(text.length + 1);
  const piece =
    random.int(3) === 0 ? text.slice(from, from + random.int(80)) : (PIECES[random.int(PIECES.length)] ?? '');
  return text.slice(0, at) + piece + text.slice(at + nGone);
}

export function shuffled<T>(items: readonly T[], random: Rng): readonly T[] {
  return [...random.permutation(items.length)].map((idx) => items[idx] as T);
}
