/**
 * `npm run bench:actions -- <sources> <truth> [--torch] [--only NAME]`: every action on every layer of real model
 * sources. Each edit that is proposed was analysed again and is exactly as predicted, or it would have been refused;
 * the table says how many of the applicable ones are edits, and every reason for a refusal. With `--torch` the edited
 * PyTorch sources are run by a Python that has torch: built, fed, and trained for one step where the inputs are small.
 * That executes the sources: they are somebody's code. Sources lie in `<sources>/<owner>+<name>/<path>`, what is known
 * of them in `<truth>/*.json`, as for bench:corpus. Writes bench/results/actions.json; exit code 1 where an edit ran
 * otherwise than predicted.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyzeFile } from '../language/analyze.ts';
import { shapesIn } from '../language/models/toldInput.ts';
import { runEdits, type EditRun } from './actionsTorch.ts';
import { tryActions, type ActionTry } from './actionTries.ts';
import { diskHost } from './corpusHost.ts';
import { hintsOf } from './corpusHints.ts';
import type { TruthFile } from './corpusScore.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { torch: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const [sources, truth] = positionals;
if (sources === undefined || truth === undefined) {
  console.error('Usage: npm run bench:actions -- <folder of sources> <folder of truth> [--torch] [--only NAME]');
  process.exit(2);
}

interface Row {
  readonly file: string;
  readonly framework: string;
  readonly notApplicable: number;
  readonly applicable: number;
  readonly edits: number;
  readonly refused: number;
  readonly ran: number;
  readonly ranAsPredicted: number;
}

const rows: Row[] = [];
const reasons = { refused: new Map<string, number>(), notApplicable: new Map<string, number>() };
const refusals: { file: string; model: string; layer: string; action: string; reason: string }[] = [];
const wrong: string[] = [];
for (const name of readdirSync(truth).sort()) {
  if (!name.endsWith('.json') || !name.includes(values.only)) continue;
  const facts = JSON.parse(readFileSync(join(truth, name), 'utf8')) as TruthFile;
  rows.push(await measure(facts, join(sources, facts.repo.replace('/', '+'))));
}

async function measure(facts: TruthFile, root: string): Promise<Row> {
  const host = diskHost(root);
  const tries: ActionTry[] = [];
  const runs: EditRun[] = [];
  for (const entry of facts.entries) {
    const options = hintsOf(facts, entry);
    const analysis = analyzeFile(host, facts.path, options);
    const graph = analysis.graphs.find((own) => own.name === entry.class) ?? analysis.graphs[0];
    if (graph === undefined) {
      console.warn(`  ${facts.path}: ${entry.class} is not found`);
      continue;
    }
    const tried = tryActions({ host, file: facts.path, options, analysis, graph });
    tries.push(...tried);
    for (const { layer, action, outcome } of tried) {
      if (outcome.kind !== 'edit' || facts.framework !== 'pytorch' || !values.torch || entry.inputs === undefined)
        continue;
      const label = `${facts.repo} ${entry.class} ${layer} ${action}`;
      runs.push({
        label,
        host,
        file: facts.path,
        options,
        entry: entry.ctor,
        inputs: shapesIn(entry.inputs).map((shape) => shape.map(Number)),
        edit: outcome.edit,
      });
    }
  }
  for (const { model, layer, action, outcome } of tries) {
    if (outcome.kind === 'edit') continue;
    if (outcome.kind === 'refused') refusals.push({ file: facts.path, model, layer, action, reason: outcome.reason });
    const reason = outcome.reason.replace(/\d+/g, 'n').replace(/^\S+: /, '');
    reasons[outcome.kind].set(reason, (reasons[outcome.kind].get(reason) ?? 0) + 1);
  }
  const faults = runs.length === 0 ? [] : await runEdits(runs, root);
  wrong.push(...faults);
  const count = (kind: string): number => tries.filter(({ outcome }) => outcome.kind === kind).length;
  const row: Row = {
    file: `${facts.repo} ${facts.path}`,
    framework: facts.framework,
    notApplicable: count('notApplicable'),
    applicable: tries.length - count('notApplicable'),
    edits: count('edit'),
    refused: count('refused'),
    ran: runs.length,
    ranAsPredicted: runs.length - faults.length,
  };
  const torch = row.ran === 0 ? '' : `, ${row.ranAsPredicted} of ${row.ran} ran as predicted`;
  console.log(
    `${row.file}: ${row.edits} of ${row.applicable} applicable are edits${torch}; ${row.notApplicable} not applicable`,
  );
  for (const fault of faults) console.log(`  ${fault}`);
  return row;
}

const sum = (key: 'edits' | 'applicable' | 'refused' | 'notApplicable' | 'ran' | 'ranAsPredicted'): number =>
  rows.reduce((total, row) => total + row[key], 0);
const share = sum('edits') / Math.max(1, sum('applicable'));
const inOrder = (counts: ReadonlyMap<string, number>): [string, number][] => [...counts].sort((a, b) => b[1] - a[1]);
for (const kind of ['refused', 'notApplicable'] as const) {
  console.log(kind === 'refused' ? '\nrefused by the source:' : '\nnot applicable to the model:');
  for (const [reason, n] of inOrder(reasons[kind])) console.log(`  ${String(n).padStart(4)}  ${reason}`);
}
console.log(
  `\n${sum('edits')} of ${sum('applicable')} applicable tries are edits (${(100 * share).toFixed(1)} %), ${sum('refused')} refused; ${sum('notApplicable')} not applicable.`,
);
if (values.torch) console.log(`Under torch ${sum('ranAsPredicted')} of ${sum('ran')} edits ran as predicted.`);

mkdirSync('bench/results', { recursive: true });
const results = {
  date: new Date().toISOString(),
  machine: { node: process.version, cores: cpus().length, model: cpus()[0]?.model ?? null },
  torch: values.torch,
  totals: {
    applicable: sum('applicable'),
    edits: sum('edits'),
    share,
    refused: sum('refused'),
    notApplicable: sum('notApplicable'),
    ran: sum('ran'),
    ranAsPredicted: sum('ranAsPredicted'),
  },
  files: rows,
  refused: Object.fromEntries(inOrder(reasons.refused)),
  notApplicable: Object.fromEntries(inOrder(reasons.notApplicable)),
  refusals,
  wrong,
};
writeFileSync('bench/results/actions.json', `${JSON.stringify(results, null, 1)}\n`);
process.exit(wrong.length === 0 ? 0 : 1);
