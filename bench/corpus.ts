/**
 * `npm run bench:corpus -- <sources> <truth>`: how much of real model sources the analysis gets right.
 * A layer is right where type, line, input and output shape, parameters and MACs all equal the truth;
 * unknown where something is `?` and nothing contradicts; wrong where anything contradicts; missing where
 * there is no row for it. `zero` knows only the repository; `hinted` is told constructor and inputs.
 * Sources lie in `<sources>/<owner>+<name>/<path>`. Prints a table (per file, all layers alike, all files alike),
 * writes bench/results/corpus.json. `--robust <folder>` checks instead that no file of a folder of repositories
 * throws or takes longer than 2 s, `--edits <folder>` random edits, `--server [folder]` the same through the server's own
 * process; `VERBOSE=zero` says why a layer is not right, `ONLY=name` picks files.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { AnalyzeOptions } from '../language/analyze.ts';
import { describeFile, toReport } from '../language/describeFile.ts';
import { defaultSettings } from '../language/settings.ts';
import type { SourceHost } from '../language/sourceHost.ts';
import { diskHost } from './corpusHost.ts';
import { checkEdits } from './corpusEdits.ts';
import { checkRobust } from './corpusRobust.ts';
import { checkServer } from './corpusServer.ts';
import { hintsOf } from './corpusHints.ts';
import type { Tally, TruthFile } from './corpusScore.ts';
import { addTally, emptyTally, scoreEntry } from './corpusScore.ts';

const [sources, truth, ...more] = process.argv.slice(2);
if (sources === '--robust' && truth !== undefined) process.exit((await checkRobust([truth, ...more])) === 0 ? 0 : 1);
if (sources === '--edits' && truth !== undefined) process.exit(checkEdits([truth, ...more]) === 0 ? 0 : 1);
if (sources === '--server')
  process.exit((await checkServer([truth, ...more].filter((folder) => folder !== undefined))) === 0 ? 0 : 1);
if (sources === undefined || truth === undefined) {
  console.error(
    'Usage: npm run bench:corpus -- <folder of sources> <folder of truth>, or -- --robust <folder>, or -- --edits <folder>, or -- --server [folder]',
  );
  process.exit(2);
}

const verbose = process.env['VERBOSE'] ?? '';
const wanted = process.env['ONLY'] ?? '';
const totals = { zero: emptyTally(), hinted: emptyTally() };
const files: Record<string, unknown>[] = [];
for (const name of readdirSync(truth).sort()) {
  if (!name.endsWith('.json') || !name.includes(wanted)) continue;
  const facts = JSON.parse(readFileSync(join(truth, name), 'utf8')) as TruthFile;
  const host = diskHost(join(sources, facts.repo.replace('/', '+')));
  const row: Record<string, unknown> = { file: `${facts.repo} ${facts.path}` };
  const started = performance.now();
  const zero = emptyTally();
  const found = analyze(host, facts.path, {});
  const zeroMs = performance.now() - started;
  for (const entry of facts.entries) addTally(zero, scoreEntry(facts, entry, found, verbose.includes('zero')));
  const hinted = emptyTally();
  for (const entry of facts.entries) {
    const models = analyze(host, facts.path, hintsOf(facts, entry));
    addTally(hinted, scoreEntry(facts, entry, models, verbose.includes('hinted')));
  }
  addTally(totals.zero, zero);
  addTally(totals.hinted, hinted);
  console.log(`${facts.repo} ${facts.path} (${zeroMs.toFixed(0)} ms)`);
  console.log(`  zero   ${formatTally(zero)}`);
  console.log(`  hinted ${formatTally(hinted)}`);
  files.push({ ...row, zeroMs, zero, hinted });
}
const meanRight = (mode: 'zero' | 'hinted'): number => {
  const shares = files.map((file) => (file[mode] as Tally).right / Math.max(1, (file[mode] as Tally).layers));
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
};
console.log('all layers alike');
console.log(`  zero   ${formatTally(totals.zero)}`);
console.log(`  hinted ${formatTally(totals.hinted)}`);
const asPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;
console.log(
  `all ${files.length} files alike: right, zero ${asPercent(meanRight('zero'))}, hinted ${asPercent(meanRight('hinted'))}`,
);

const results = {
  date: new Date().toISOString(),
  machine: { node: process.version, cores: cpus().length, model: cpus()[0]?.model ?? null },
  zero: shares(totals.zero),
  hinted: shares(totals.hinted),
  layers: { zero: totals.zero, hinted: totals.hinted },
  meanOfFiles: { zero: meanRight('zero'), hinted: meanRight('hinted') },
  files,
};
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/corpus.json', `${JSON.stringify(results, null, 1)}\n`);

function analyze(host: SourceHost, path: string, options: AnalyzeOptions): ReturnType<typeof toReport>['models'] {
  return toReport(describeFile(host, path, defaultSettings, options)).models;
}

function shares(tally: Tally): Record<string, number> {
  const share = (count: number): number => Number((count / Math.max(1, tally.layers)).toFixed(4));
  const { right, unknown, missing, wrong, extra, exactParams } = tally;
  return {
    right: share(right),
    unknown: share(unknown),
    missing: share(missing),
    wrong: share(wrong),
    extra: share(extra),
    exactParams: share(exactParams),
  };
}

function formatTally(tally: Tally): string {
  const percent = (count: number): string => `${((100 * count) / Math.max(1, tally.layers)).toFixed(1).padStart(5)} %`;
  const { layers, right, unknown, missing, wrong, extra, exactParams } = tally;
  return `${String(layers).padStart(4)} layers: right ${percent(right)}, unknown ${percent(unknown)}, missing ${percent(missing)}, wrong ${percent(wrong)}, extra ${extra}; parameters exact ${percent(exactParams)}`;
}
