/**
 * Decides whether a value read from a journal or a message is an event that `reduceRun` can take.
 * Journals lie in the user's folders and may come from a newer version, so what is not understood is
 * left out instead of believed. It checks the fields that the reduction reads, not every number's range.
 */
import type { RunEvent, SettingResult, TrainingSpeed } from './runEvent.ts';

type FieldKind = 'string' | 'number' | 'array' | 'object' | 'stringOrNull' | 'numberOrNull';

const fields: { readonly [T in RunEvent['type']]: Readonly<Record<string, FieldKind>> } = {
  started: {
    backend: 'string',
    backendWhy: 'string',
    threads: 'number',
    variants: 'array',
    expectedSeconds: 'number',
    expectedBytes: 'number',
    nImages: 'number',
    resumedFromStep: 'numberOrNull',
  },
  variant: { variant: 'object' },
  step: { variant: 'string', step: 'number', lossD: 'number', lossG: 'number', stepMs: 'number' },
  sample: { variant: 'string', step: 'number', file: 'string' },
  evaluation: { variant: 'string', step: 'number', swd: 'number', levels: 'array', nImages: 'number' },
  noise: { values: 'array', mean: 'number', deviation: 'number', threshold: 'number', how: 'string' },
  decision: { decision: 'object' },
  setting: { result: 'object' },
  speed: { speed: 'object' },
  memory: {
    layers: 'array',
    totalBefore: 'number',
    totalAfter: 'number',
    device: 'string',
    budgetBytes: 'number',
  },
  checkpoint: { variant: 'string', step: 'number', folder: 'string', bytes: 'number' },
  progress: { stepsDone: 'number', stepsTotal: 'number', secondsLeft: 'number', doing: 'string' },
  note: { text: 'string' },
  problem: { problem: 'object' },
  paused: {},
  resumed: {},
  cancelled: {},
  failed: { problem: 'object' },
  finished: { summary: 'object', model: 'string', report: 'string', grid: 'string' },
};

export function isRunEvent(value: unknown): value is RunEvent {
  if (!isRecord(value) || typeof value['at'] !== 'number' || !isSequenceNumber(value['seq'])) return false;
  const type = value['type'];
  if (typeof type !== 'string' || !Object.hasOwn(fields, type)) return false;
  const wanted = fields[type as RunEvent['type']];
  if (!Object.entries(wanted).every(([name, kind]) => matches(value[name], kind))) return false;
  switch (type) {
    case 'started':
      return (value['variants'] as unknown[]).every(isVariantInfo);
    case 'variant':
      return isVariantInfo(value['variant']);
    case 'decision':
      return isRecord(value['decision']) && typeof value['decision']['layer'] === 'string';
    case 'speed':
      return isTrainingSpeed(value['speed']);
    case 'setting':
      return isSettingResult(value['result']);
    case 'problem':
    case 'failed':
      return isRecord(value['problem']) && typeof value['problem']['message'] === 'string';
    default:
      return true;
  }
}

/** The fields that rows and tables are made of. */
export function isSettingResult(value: unknown): value is SettingResult {
  return (
    isRecord(value) &&
    typeof value['setting'] === 'string' &&
    typeof value['seed'] === 'number' &&
    typeof value['swd'] === 'number' &&
    Array.isArray(value['levels']) &&
    Array.isArray(value['eq3'])
  );
}

function isVariantInfo(value: unknown): boolean {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['label'] === 'string';
}

function isSequenceNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && 1 <= value;
}

function matches(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'stringOrNull':
      return value === null || typeof value === 'string';
    case 'numberOrNull':
      return value === null || typeof value === 'number';
    default:
      return typeof value === kind;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTrainingSpeed(value: unknown): value is TrainingSpeed {
  if (!isRecord(value) || !isRecord(value['ratio'])) return false;
  const { layersG, layersD, nPairs, fullMs, compressedMs, ratio } = value;
  const numbers = [nPairs, fullMs, compressedMs, ratio['median'], ratio['low'], ratio['high']];
  return Array.isArray(layersG) && Array.isArray(layersD) && numbers.every((number) => typeof number === 'number');
}
