/**
 * The plans that are about a source: `slimwise.json` and `slimwise.*.json` beside it or in a folder above it, up to
 * the root, that name the source as a network's. A plan with faults is left out: its own diagnostics tell them.
 */
import { readWrittenPlan } from '../../core/plan/stagesToChoices.ts';
import type { WrittenPlan } from '../../core/plan/stageGrammar.ts';
import type { SourceHost } from '../sourceHost.ts';
import { pathBeside } from './checkPlanFile.ts';

export interface PlanAbout {
  readonly name: string;
  readonly plan: WrittenPlan;
}

const planName = /^slimwise(?:\.[^/\\]+)?\.json$/;

/** Nearest folder first. */
export function plansAbout(host: SourceHost, source: string): readonly PlanAbout[] {
  const found: PlanAbout[] = [];
  for (
    let folder: string | null = folderOf(source);
    folder !== null;
    folder = folder === '' ? null : folderOf(folder)
  ) {
    for (const name of host.list(folder).filter((own) => planName.test(own))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const plan = readWrittenPlan(host.read(path) ?? '');
      const isAbout = (of: string): boolean => pathBeside(path, of) === source;
      if (plan !== null && [plan.generator, plan.discriminator].some((network) => isAbout(network.source)))
        found.push({ name: path, plan });
    }
  }
  return found;
}

/** `''` for a file at the root. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Which of the plan's networks a model of the source is, by the name that builds it; null: neither. */
export function roleIn({ generator, discriminator }: WrittenPlan, model: string): 'G' | 'D' | null {
  const builds = ({ entry }: WrittenPlan['generator']): boolean =>
    /^[\w.]+/.exec(entry)?.[0].split('.').at(-1) === model;
  if (builds(generator)) return 'G';
  return builds(discriminator) ? 'D' : null;
}
