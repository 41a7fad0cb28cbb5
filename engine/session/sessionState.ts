/**
 * What a checkpoint says beside its tensors: where the run stands and what it has found out. With the
 * counter-based random numbers this is all that the rest of the run depends on, so a resumed run repeats
 * the uninterrupted one. Read back it is `unknown` until `readSessionState` has checked it.
 */
import * as v from 'valibot';
import type { LayerDecision, SettingResult } from '../../core/session/runEvent.ts';
import { isSettingResult } from '../../core/session/runEventGuard.ts';
import { float32Tensor, float32Values, type StoredTensor } from '../formats/safetensors.ts';
import type { NamedWeight } from '../train/network.ts';

const Evaluation = v.object({
  variant: v.string(),
  swd: v.number(),
  psnr: v.exactOptional(v.number()),
});

const State = v.object({
  format: v.literal(1),
  /** The variant in training and its steps done; null between two variants. */
  current: v.nullable(v.object({ variant: v.string(), step: v.number(), updatesG: v.number(), updatesD: v.number() })),
  /** Variants that are trained and evaluated, in order. */
  finished: v.array(Evaluation),
  decisions: v.array(
    v.object({
      layer: v.string(),
      type: v.string(),
      dor: v.number(),
      formula: v.string(),
      swdBefore: v.number(),
      swdAfter: v.nullable(v.number()),
      noise: v.number(),
      psnr: v.exactOptional(v.object({ before: v.number(), after: v.nullable(v.number()) })),
      threshold: v.number(),
      accepted: v.boolean(),
      tried: v.boolean(),
      why: v.string(),
    }),
  ),
  /** Of an experiment; as they were emitted. */
  settings: v.optional(v.array(v.custom<SettingResult>(isSettingResult)), []),
  stepsDone: v.number(),
  /** Seconds that the run has worked, over all its sessions. */
  seconds: v.number(),
});

export interface SessionState {
  readonly format: 1;
  readonly current: {
    readonly variant: string;
    readonly step: number;
    readonly updatesG: number;
    readonly updatesD: number;
  } | null;
  readonly finished: readonly { readonly variant: string; readonly swd: number; readonly psnr?: number }[];
  readonly decisions: readonly LayerDecision[];
  readonly settings: readonly SettingResult[];
  readonly stepsDone: number;
  readonly seconds: number;
}

export const initialSessionState: SessionState = {
  format: 1,
  current: null,
  finished: [],
  decisions: [],
  settings: [],
  stepsDone: 0,
  seconds: 0,
};

/** null: not a state of this version. */
export function readSessionState(value: unknown): SessionState | null {
  const parsed = v.safeParse(State, value);
  return parsed.success ? parsed.output : null;
}

/** Weights under a prefix, as a checkpoint stores them. */
export function storeWeights(prefix: string, weights: readonly NamedWeight[]): [string, StoredTensor][] {
  return weights.map(({ name, shape, data }) => [`${prefix}${name}`, float32Tensor(shape, data)]);
}

/** Those of `tensors` that stand under the prefix. */
export function loadWeights(prefix: string, tensors: ReadonlyMap<string, StoredTensor>): NamedWeight[] {
  return [...tensors]
    .filter(([name, tensor]) => name.startsWith(prefix) && tensor.dtype === 'F32')
    .map(([name, tensor]) => ({ name: name.slice(prefix.length), shape: tensor.shape, data: float32Values(tensor) }));
}

export function allFinite(weights: readonly NamedWeight[]): boolean {
  return weights.every(({ data }) => data.every(Number.isFinite));
}
