/**
 * What a user can choose about the analysis, with its defaults, and the guard that turns an editor's
 * settings (of any shape) into it. An absent or malformed field takes its default: settings can be wrong
 * while somebody types them, and the analysis goes on.
 */
import { deviceProfile, readOwnDevices } from '../core/devices.ts';
import type { Severity } from '../core/report/analyzeReport.ts';

export type ConvFormula = 'published' | 'derived';

/** Where the compressed model is meant to run; `any` makes no claim about quantized kernels. */
export type TargetRuntime = 'any' | 'onnxruntime' | 'pytorch' | 'xnnpack';

export interface LanguageSettings {
  readonly convFormula: ConvFormula;
  readonly budget: Budget | null;
  readonly targetRuntime: TargetRuntime;
  /** By finding code; `off` silences the rule. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly diagnostics: boolean;
  readonly inlayHints: boolean;
  readonly hover: boolean;
  readonly codeLens: boolean;
  readonly debounceMs: number;
}

export interface Budget {
  readonly bytes: number;
  /** As shown to the user: a device's label, or `the budget`. */
  readonly name: string;
}

export const defaultSettings: LanguageSettings = {
  convFormula: 'published',
  budget: null,
  targetRuntime: 'any',
  severities: {},
  diagnostics: true,
  inlayHints: true,
  hover: true,
  codeLens: false,
  debounceMs: 150,
};

/** Reads the `slimwise` section of an editor's settings (or `initializationOptions`). */
export function parseSettings(value: unknown): LanguageSettings {
  const section = record(value);
  const redundancy = record(section['redundancy']);
  return {
    convFormula: oneOf(redundancy['convFormula'], ['published', 'derived'], defaultSettings.convFormula),
    budget: parseBudget(record(section['budget']), section['devices']),
    targetRuntime: oneOf(
      section['targetRuntime'],
      ['any', 'onnxruntime', 'pytorch', 'xnnpack'],
      defaultSettings.targetRuntime,
    ),
    severities: parseSeverities(record(section['severity'])),
    diagnostics: flag(record(section['diagnostics'])['enabled'], defaultSettings.diagnostics),
    inlayHints: flag(record(section['inlayHints'])['enabled'], defaultSettings.inlayHints),
    hover: flag(record(section['hover'])['enabled'], defaultSettings.hover),
    codeLens: flag(record(section['codeLens'])['enabled'], defaultSettings.codeLens),
    debounceMs: boundedMs(record(section['analysis'])['debounceMs']),
  };
}

/** A number of bytes wins over a device's profile. */
function parseBudget(section: Readonly<Record<string, unknown>>, own: unknown): Budget | null {
  const bytes = section['bytes'];
  if (typeof bytes === 'number' && Number.isFinite(bytes) && bytes > 0) return { bytes, name: 'the budget' };
  const { devices } = readOwnDevices(own);
  const device = typeof section['device'] === 'string' ? deviceProfile(section['device'], devices) : undefined;
  return device === undefined ? null : { bytes: device.budgetBytes, name: device.label };
}

const severityChoices = ['error', 'warning', 'information', 'hint', 'off'] as const;

function parseSeverities(section: Readonly<Record<string, unknown>>): Record<string, Severity | 'off'> {
  const severities: Record<string, Severity | 'off'> = {};
  for (const [code, value] of Object.entries(section)) {
    const severity = severityChoices.find((choice) => choice === value) ?? null;
    if (severity !== null && /^SW\d{3}$/.test(code)) severities[code] = severity;
  }
  return severities;
}

function boundedMs(value: unknown): number {
  return typeof value === 'number' && 0 <= value && value <= 10_000 ? value : defaultSettings.debounceMs;
}

function flag(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

function oneOf<T>(value: unknown, choices: readonly T[], fallback: T): T {
  return choices.find((choice) => choice === value) ?? fallback;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
