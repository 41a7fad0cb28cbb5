/**
 * `npm run bench:corpus -- --robust <folder> [folder …]`: every source and notebook of the repositories in these
 * folders, and a few texts written to hurt, go through the analysis, each with its repository around it. Prints
 * what kinds of files there were, those that threw, those above 2 seconds of processor time (one thread), and
 * the slowest; writes bench/results/corpus-robust.json; exit code 1 where a file threw or took too long.
 * Other work on the machine makes processor times longer, too: they are for a quiet one.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { describeFile } from '../language/describeFile.ts';
import { describeNotebook } from '../language/notebook/describeNotebook.ts';
import { defaultSettings } from '../language/settings.ts';
import type { SourceHost } from '../language/sourceHost.ts';
import { memoryHost } from '../language/sourceHost.ts';
import { diskHost } from './corpusHost.ts';

const LIMIT_MS = 2000;
const SOURCE = /\.(py|tsx?|jsx?|mjs|ipynb)$/;

interface Checked {
  readonly name: string;
  readonly ms: number;
  readonly error: string | null;
  readonly text: string;
}

/** The number of files that threw or took too long. */
export function checkRobust(folders: readonly string[]): number {
  const checked: Checked[] = [];
  const loadBefore = loadavg();
  let nRepositories = 0;
  for (const [path, text] of Object.entries(hostileTexts()))
    checked.push(check(memoryHost({ [path]: text }), path, path));
  for (const root of folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))) {
    if (!statSync(root).isDirectory()) continue;
    nRepositories++;
    const host = diskHost(root);
    for (const path of filesOf(root, '')) checked.push(check(host, path, `${basename(root)}/${path}`));
  }
  const failed = checked.filter(({ error }) => error !== null);
  const slow = checked.filter(({ ms }) => ms > LIMIT_MS);
  const bySpeed = [...checked].sort((left, right) => right.ms - left.ms);
  const total = checked.reduce((sum, { ms }) => sum + ms, 0);
  const kinds = kindsOf(checked);
  console.log(
    `${checked.length} files of ${nRepositories} repositories, ${(total / 1000).toFixed(1)} s of processor time`,
  );
  for (const [kind, count] of Object.entries(kinds)) console.log(`  ${String(count).padStart(6)} ${kind}`);
  console.log(`threw: ${failed.length}, above ${LIMIT_MS / 1000} s: ${slow.length}`);
  for (const { name, error } of failed) console.log(`  threw ${name}: ${error}`);
  console.log('slowest');
  for (const { name, ms } of bySpeed.slice(0, 10)) console.log(`  ${ms.toFixed(0).padStart(6)} ms ${name}`);
  const quantile = (share: number): number => bySpeed[Math.floor((1 - share) * (bySpeed.length - 1))]?.ms ?? 0;
  const result = {
    date: new Date().toISOString(),
    loadAverage: { before: loadBefore, after: loadavg() },
    repositories: nRepositories,
    files: checked.length,
    kinds,
    threw: failed.map(({ name, error }) => ({ name, error })),
    limitMs: LIMIT_MS,
    aboveLimit: slow.length,
    processorMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    slowest: bySpeed.slice(0, 10).map(({ name, ms }) => ({ name, ms: Math.round(ms) })),
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/corpus-robust.json', `${JSON.stringify(result, null, 1)}\n`);
  return failed.length + slow.length;
}

/** How many files are of the kinds that are hard to read. */
function kindsOf(checked: readonly Checked[]): Record<string, number> {
  const count = (test: (file: Checked) => boolean): number => checked.filter(test).length;
  const longest = (text: string): number => text.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  return {
    notebooks: count(({ name }) => name.endsWith('.ipynb')),
    'Python 2 (print without brackets)': count(
      ({ name, text }) => name.endsWith('.py') && /^\s*print\s+["'\w]/m.test(text),
    ),
    'tabs mixed with spaces': count(({ text }) => /^\t/m.test(text) && /^ +\S/m.test(text)),
    'lines of more than 5,000 characters': count(({ text }) => longest(text) > 5000),
    'more than 500,000 characters': count(({ text }) => text.length > 500_000),
  };
}

function check(host: SourceHost, path: string, name: string): Checked {
  const before = process.cpuUsage();
  let error: string | null = null;
  try {
    if (path.endsWith('.ipynb')) describeNotebook(host, { path, text: host.read(path) ?? '' }, defaultSettings, {});
    else describeFile(host, path, defaultSettings, {});
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  }
  const { user, system } = process.cpuUsage(before);
  // Of a very long text the beginning is enough to say what kind it is.
  return { name, ms: (user + system) / 1000, error, text: (host.read(path) ?? '').slice(0, 600_000) };
}

function* filesOf(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') yield* filesOf(root, path);
    else if (entry.isFile() && SOURCE.test(entry.name)) yield path;
  }
}

/** Generated code: one line of five million characters, and sources whose every line nests deeper. */
function hostileTexts(): Record<string, string> {
  const millions = 5_000_000;
  const repeat = (part: string): string => part.repeat(Math.floor(millions / part.length));
  return {
    'one-line.py': `import torch.nn as nn; x = [${repeat('1, ')}]`,
    'one-line.js': `import * as tf from '@tensorflow/tfjs'; const x = [${repeat('1,')}];`,
    'one-text.py': `import torch; x = '${repeat('a')}'`,
    'one-name.ts': `const tf = ${repeat('a')};`,
    'one-cell.ipynb': JSON.stringify({
      cells: [{ cell_type: 'code', metadata: {}, outputs: [], source: [`import torch\n# ${repeat('x')}`] }],
      metadata: { language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
    'below-limit.py': `import torch.nn as nn; x = [${'1, '.repeat(160_000)}]`,
    'below-limit.js': `import * as tf from '@tensorflow/tfjs'; const x = [${'1,'.repeat(240_000)}];`,
    'deep.py': `import torch\n${Array.from({ length: 400 }, (_unused, at) => `${' '.repeat(at)}if x:`).join('\n')}`,
    'deep.js': `tf.layers.dense(${'['.repeat(100_000)}`,
    'tabs.py': 'import torch.nn as nn\nclass A(nn.Module):\n\tdef f(self):\n        x = 1\n\t    y = 2\n\tprint "a"\n',
    'binary.py': `import torch\n${'\u0000\uFFFD'.repeat(100_000)}`,
  };
}
