/**
 * `npm run bench:corpus -- --robust <folder> [folder …]`: every source and notebook of the repositories in these
 * folders, and texts and folders written to hurt, go through the analysis, each with its repository around it, in a
 * process that is watched. Prints what kinds of files there were, those that threw, hung or ended the process,
 * those above 2 seconds of processor time (one thread), and the slowest; writes bench/results/corpus-robust.json;
 * exit code 1 where a file did any of that. Other work on the machine makes processor times longer, too: they are for
 * a quiet one. `ONLY=name` picks files.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { makeHostileFolder } from './hostileFolders.ts';
import { hostileCases } from './hostileTexts.ts';
import { RobustWatch, type ReadAnswer, type ReadRequest } from './robustWatch.ts';

const LIMIT_MS = 2000;
const SOURCE = /\.(py|[cm]?[jt]s|[jt]sx|ipynb|html?|vue|svelte)$/;

interface Checked extends ReadAnswer {
  readonly name: string;
}

/** The number of files that threw, hung or took too long. */
export async function checkRobust(folders: readonly string[]): Promise<number> {
  const wanted = process.env['ONLY'] ?? '';
  const loadBefore = loadavg();
  const roots = folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((root) => statSync(root).isDirectory());
  const hostileFolder = makeHostileFolder();
  const hostileNames = Object.keys(hostileCases());
  const requests: (ReadRequest & { readonly name: string })[] = [
    ...hostileNames.map((path) => ({ root: null, path, name: `hostile: ${path}` })),
    ...hostileFolder.paths.map((path) => ({ root: hostileFolder.root, path, name: `hostile folder: ${path}` })),
    ...roots.flatMap((root) =>
      [...filesOf(root, '')].map((path) => ({ root, path, name: `${basename(root)}/${path}` })),
    ),
  ].filter(({ name }) => name.includes(wanted));
  const watch = new RobustWatch();
  const checked: Checked[] = [];
  for (const { name, root, path } of requests) checked.push({ name, ...(await watch.read({ root, path })) });
  watch.close();
  rmSync(hostileFolder.root, { recursive: true });

  const failed = checked.filter(({ error }) => error !== null);
  const slow = checked.filter(({ ms, error }) => ms > LIMIT_MS && error === null);
  const bySpeed = [...checked].sort((left, right) => right.ms - left.ms);
  const total = checked.reduce((sum, { ms }) => sum + ms, 0);
  const peakBytes = checked.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0);
  const kinds = countKinds(checked);
  console.log(
    `${checked.length} files of ${roots.length} repositories, ${(total / 1000).toFixed(1)} s of processor time, ` +
      `at most ${Math.round(peakBytes / 2 ** 20)} MiB resident`,
  );
  for (const [kind, count] of Object.entries(kinds)) console.log(`  ${String(count).padStart(6)} ${kind}`);
  console.log(`threw or hung: ${failed.length}, above ${LIMIT_MS / 1000} s: ${slow.length}`);
  for (const { name, error } of failed) console.log(`  ${name}: ${error}`);
  console.log('slowest');
  for (const { name, ms } of bySpeed.slice(0, 10)) console.log(`  ${ms.toFixed(0).padStart(6)} ms ${name}`);
  const quantile = (share: number): number => bySpeed[Math.floor((1 - share) * (bySpeed.length - 1))]?.ms ?? 0;
  const result = {
    date: new Date().toISOString(),
    loadAverage: { before: loadBefore, after: loadavg() },
    repositories: roots.length,
    hostile: hostileNames.length + hostileFolder.paths.length,
    files: checked.length,
    kinds,
    threw: failed.map(({ name, error }) => ({ name, error })),
    limitMs: LIMIT_MS,
    aboveLimit: slow.length,
    processorMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
    peakRssBytes: peakBytes,
    slowest: bySpeed.slice(0, 10).map(({ name, ms }) => ({ name, ms: Math.round(ms) })),
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/corpus-robust.json', `${JSON.stringify(result, null, 1)}\n`);
  return failed.length + slow.length;
}

function countKinds(checked: readonly Checked[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of checked.flatMap(({ kinds }) => kinds)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export function* filesOf(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') yield* filesOf(root, path);
    else if (entry.isFile() && SOURCE.test(entry.name)) yield path;
  }
}
