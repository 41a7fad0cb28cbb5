/**
 * Edited PyTorch sources under PyTorch: each is written into a folder of its own with what the edit creates, built and
 * fed there by `actions_torch.py`, and held against the analysis of the edited text: output shapes, parameters, and a
 * gradient for every weight where a step of training is affordable. Equal texts run once.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyzeFile, type AnalyzeOptions } from '../language/analyze.ts';
import type { ProposedEdit } from '../language/edits/layerAction.ts';
import { withChange } from '../language/edits/textEdit.ts';
import type { SourceHost } from '../language/sourceHost.ts';

export interface EditRun {
  readonly label: string;
  readonly host: SourceHost;
  readonly file: string;
  readonly options: AnalyzeOptions;
  /** The constructor as written: `Generator(100)`. */
  readonly entry: string;
  readonly inputs: readonly (readonly number[])[];
  readonly edit: ProposedEdit;
}

interface Ran {
  readonly error?: string;
  readonly shapes?: readonly (readonly number[])[];
  readonly params?: number;
  readonly withoutGradient?: readonly string[];
}

/** What went otherwise than predicted, in words; `root` holds what the sources import. */
export async function runEdits(runs: readonly EditRun[], root: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-actions-'));
  try {
    const jobs = runs.map((run, idx) => ({ ...written(run, join(folder, String(idx))), root }));
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
    const script = fileURLToPath(new URL('actions_torch.py', import.meta.url));
    const args = [script, join(folder, 'jobs.json'), join(folder, 'ran.json')];
    execFileSync(process.env['PYTHON'] ?? '/usr/bin/python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ran = JSON.parse(readFileSync(join(folder, 'ran.json'), 'utf8')) as Ran[];
    return runs.flatMap((run, idx) => {
      const fault = faultOf(run, ran[idx] ?? { error: 'it did not run' });
      return fault === null ? [] : [`${run.label}: ${fault}`];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function written({ host, file, edit, entry, inputs }: EditRun, folder: string): Record<string, unknown> {
  const after = withChange(host, edit.change);
  const names = new Set([
    file,
    ...edit.change.edits.map((own) => own.file),
    ...edit.change.created.map((own) => own.file),
  ]);
  for (const name of names) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), after.read(name) ?? '');
  }
  return { folder, file, entry, inputs };
}

function faultOf({ host, file, options, edit }: EditRun, ran: Ran): string | null {
  if (ran.error !== undefined) return ran.error;
  const [graph] = analyzeFile(withChange(host, edit.change), file, options).graphs;
  const shapes = JSON.stringify(graph?.outputs.map((id) => graph.nodes[id]?.shape ?? null));
  if (JSON.stringify(ran.shapes) !== shapes) return `it gives ${JSON.stringify(ran.shapes)}, predicted was ${shapes}`;
  if (ran.params !== edit.after.params) return `it has ${ran.params} parameters, predicted were ${edit.after.params}`;
  const stuck = ran.withoutGradient ?? [];
  return stuck.length === 0 ? null : `no gradient for ${stuck.join(', ')}`;
}
