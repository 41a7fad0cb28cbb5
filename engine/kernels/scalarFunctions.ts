/**
 * Activations that have no kernel: one number at a time. They are rare in generators and stand for a few percent of
 * their time where they occur. Definitions are those of `engine/train/operators/activation.ts`.
 */
import type { ActivationName } from '../../core/graph/ops.ts';

export type ScalarFunction = (x: number) => number;

const sigmoid: ScalarFunction = (x) => 1 / (1 + Math.exp(-x));
const softplus: ScalarFunction = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const hardSigmoid: ScalarFunction = (x) => Math.min(1, Math.max(0, x / 6 + 0.5));
/** Klambauer et al. 2017. */
const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

const functions: Partial<Record<ActivationName, ScalarFunction>> = {
  relu6: (x) => Math.min(6, Math.max(0, x)),
  hard_tanh: (x) => Math.min(1, Math.max(-1, x)),
  hard_sigmoid: hardSigmoid,
  hard_swish: (x) => x * hardSigmoid(x),
  selu: (x) => selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x)),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  log_sigmoid: (x) => -softplus(-x),
};

export function scalarFunction(name: ActivationName, alpha: number | undefined): ScalarFunction | null {
  if (name === 'elu') return (x) => (x > 0 ? x : (alpha ?? 1) * Math.expm1(x));
  return functions[name] ?? null;
}
