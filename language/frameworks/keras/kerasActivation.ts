/** Activations by name, function or layer: `'relu'`, `tf.nn.leaky_relu`, `LeakyReLU(0.2)`. */
import type { ActivationName, OpCall } from '../../../core/graph/ops.ts';
import type { Value } from '../../interpreter/values.ts';

const NAMES: Readonly<Record<string, ActivationName>> = {
  relu: 'relu',
  relu6: 'relu6',
  leaky_relu: 'leaky_relu',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  swish: 'silu',
  silu: 'silu',
  mish: 'mish',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hard_sigmoid: 'hard_sigmoid',
  softplus: 'softplus',
  softsign: 'softsign',
  softmax: 'softmax',
  log_softmax: 'log_softmax',
  linear: 'linear',
};

export function activationNamed(name: string): ActivationName | null {
  return NAMES[name] ?? null;
}

/** null: no activation. One that is not known is an elementwise function, which keeps the shape. */
export function activationCall(value: Value): OpCall | null {
  if (value.kind === 'none') return null;
  if (value.kind === 'foreign' && 'kerasKind' in value.object) {
    const alpha = value.object.attribute?.('alpha', undefined as never) ?? null;
    const type = value.object.typeName;
    const fn = type === 'LeakyReLU' ? 'leaky_relu' : type === 'ReLU' ? 'relu' : type === 'ELU' ? 'elu' : null;
    if (fn === null) return { op: 'elementwise', attributes: { fn: type } };
    const given = alpha?.kind === 'number' ? alpha.value : fn === 'leaky_relu' ? 0.3 : undefined;
    return { op: 'activation', attributes: given === undefined ? { fn } : { fn, alpha: given } };
  }
  const name =
    value.kind === 'string' ? value.value : value.kind === 'external' ? (value.path.split('.').pop() ?? '') : '';
  const fn = activationNamed(name.toLowerCase());
  if (fn === 'linear') return null;
  if (fn === null) return { op: 'elementwise', attributes: { fn: name === '' ? 'activation' : name } };
  return { op: 'activation', attributes: fn === 'leaky_relu' ? { fn, alpha: 0.2 } : { fn } };
}
