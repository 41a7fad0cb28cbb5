/**
 * What a stage asks for that the engine of this version cannot run, in words; null where it can.
 * It names the first such thing, as specifically as the plan does. `runnableStage` remains the authority:
 * this only explains a refusal.
 */
import { assertNever } from '../assertNever.ts';
import type { WrittenStage } from './stageGrammar.ts';

export function whatIsNotRun(stage: WrittenStage, before: readonly WrittenStage[]): string | null {
  if (before.some(({ family }) => (family === 'settings') !== (stage.family === 'settings'))) {
    return 'an experiment (family settings) together with other stages';
  }
  return familyNotRun(stage) ?? commonNotRun(stage) ?? orderNotRun(stage, before);
}

/** The engine runs one search and one precision stage, the search first. */
function orderNotRun(stage: WrittenStage, before: readonly WrittenStage[]): string | null {
  if (before.some(({ family }) => family === stage.family)) return `a second ${stage.family} stage`;
  const isLate = stage.family === 'search' && before.some(({ family }) => family === 'precision');
  return isLate ? 'a search after the weights are binarized' : null;
}

function familyNotRun(stage: WrittenStage): string | null {
  switch (stage.family) {
    case 'prune':
      return `pruning by ${stage.criterion.type} (family prune)`;
    case 'distill':
      return `distillation from a ${stage.teacher.origin} teacher (family distill)`;
    case 'lowRank':
      return `low-rank factorization by ${stage.method} (family lowRank)`;
    case 'encoding':
      return `${stage.scheme.type} encoding (family encoding)`;
    case 'lossless':
      return `lossless coding (family lossless)`;
    case 'search':
      return searchNotRun(stage);
    case 'precision':
      return precisionNotRun(stage);
    case 'settings':
      return null;
    default:
      return assertNever(stage);
  }
}

function searchNotRun(stage: Extract<WrittenStage, { family: 'search' }>): string | null {
  if (stage.algorithm !== 'pbgenAlg1') return `a search by ${stage.algorithm}`;
  if (stage.module !== 'G') return 'a search on the discriminator';
  if (stage.metric !== 'swd' && stage.metric !== 'psnr') return `a search by the metric ${stage.metric}`;
  return null;
}

function precisionNotRun(stage: Extract<WrittenStage, { family: 'precision' }>): string | null {
  const { rep, fn, granularity, target } = stage;
  if (rep.kind === 'int' && !(2 <= rep.bits && rep.bits <= 8)) return `${rep.bits}-bit whole-number precision`;
  if (rep.kind === 'float' || rep.kind === 'flex') return `${rep.kind} precision`;
  if (fn !== undefined && fn.type !== 'bwn') return `the ${fn.type} quantizer`;
  if (fn !== undefined && rep.kind !== 'binary') return `the bwn quantizer for ${rep.kind} weights`;
  if (fn?.center !== undefined || fn?.clip !== undefined) return 'centring or clipping of binarized weights';
  if (target.includes('A')) return 'quantized activations';
  if (granularity !== 'channel') return `one scale per ${granularity}`;
  return stage.bits === undefined ? null : 'bits per network';
}

function commonNotRun(stage: WrittenStage): string | null {
  if (stage.family === 'settings') return null;
  if (stage.when !== undefined) return `its own time to run (the field "when": ${stage.when.at})`;
  return stage.accept === undefined ? null : 'its own acceptance test (the field "accept")';
}
