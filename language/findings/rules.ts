/**
 * Every rule, in the order of its code, and the one place where they run. A severity set by the user
 * wins over the rule's own; `off` silences it. `docs/findings.md` has a section per code (a test checks).
 */
import type { Finding } from '../../core/report/analyzeReport.ts';
import type { CostedModel } from '../report/modelRow.ts';
import type { LanguageSettings } from '../settings.ts';
import { budgetExceeded } from './budgetExceeded.ts';
import { cannotConstruct } from './cannotConstruct.ts';
import { convRedundancy } from './convRedundancy.ts';
import { deconvRedundancy } from './deconvRedundancy.ts';
import { depthwiseLayer } from './depthwiseLayer.ts';
import { epsAsMomentum } from './epsAsMomentum.ts';
import { measuredSensitivity } from './measuredSensitivity.ts';
import { outputLayer } from './outputLayer.ts';
import type { FindingRule } from './rule.ts';
import { runtimeKernel } from './runtimeKernel.ts';
import { shapeMismatch } from './shapeMismatch.ts';
import { unknownInput } from './unknownInput.ts';
import { unknownLayer } from './unknownLayer.ts';
import { unusedLayer } from './unusedLayer.ts';

export const rules: readonly FindingRule[] = [
  deconvRedundancy,
  convRedundancy,
  outputLayer,
  depthwiseLayer,
  runtimeKernel,
  measuredSensitivity,
  budgetExceeded,
  shapeMismatch,
  unknownLayer,
  unknownInput,
  cannotConstruct,
  epsAsMomentum,
  unusedLayer,
];

/** What the rules say about one model, sorted by place. */
export function checkModel(model: CostedModel, settings: LanguageSettings): readonly Finding[] {
  const findings = rules.flatMap((rule) => {
    const severity = settings.severities[rule.code] ?? rule.severity;
    if (severity === 'off') return [];
    return rule.check(model, settings).map((raw): Finding => ({ code: rule.code, severity, ...raw }));
  });
  return findings.sort((a, b) => compareText(a.file, b.file) || a.line - b.line || compareText(a.code, b.code));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
