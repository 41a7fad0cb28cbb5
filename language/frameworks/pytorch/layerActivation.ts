/** Activation and dropout layers of `torch.nn`. */
import type { ActivationName } from '../../../core/graph/ops.ts';
import { readInteger, readNumber } from '../arguments.ts';
import type { LayerBuilder } from './layerTable.ts';

function plain(fn: ActivationName): LayerBuilder {
  return { signature: 'inplace', build: () => ({ op: 'activation', attributes: { fn } }) };
}

function withAlpha(fn: ActivationName, name: string, otherwise: number): LayerBuilder {
  return {
    signature: `${name} inplace`,
    build(bound) {
      const alpha = readNumber(bound, name, otherwise);
      return { op: 'activation', attributes: alpha === null ? { fn } : { fn, alpha } };
    },
  };
}

function withAxis(fn: 'softmax' | 'log_softmax'): LayerBuilder {
  return {
    signature: 'dim',
    build(bound) {
      const axis = readInteger(bound, 'dim', 1);
      return { op: 'activation', attributes: axis === null ? { fn } : { fn, axis } };
    },
  };
}

const dropout: LayerBuilder = {
  signature: 'p inplace',
  build: (bound) => ({ op: 'dropout', attributes: { rate: readNumber(bound, 'p', 0.5) ?? 0.5 } }),
};

const prelu: LayerBuilder = {
  signature: 'num_parameters init',
  build(bound) {
    const features = readInteger(bound, 'num_parameters', 1);
    return features === null ? null : { op: 'activation', attributes: { fn: 'prelu', features } };
  },
};

function elementwise(fn: string): LayerBuilder {
  return { signature: 'value', build: () => ({ op: 'elementwise', attributes: { fn } }) };
}

export const activationLayers: Readonly<Record<string, LayerBuilder>> = {
  ReLU: plain('relu'),
  ReLU6: plain('relu6'),
  LeakyReLU: withAlpha('leaky_relu', 'negative_slope', 0.01),
  PReLU: prelu,
  ELU: withAlpha('elu', 'alpha', 1),
  SELU: plain('selu'),
  GELU: plain('gelu'),
  SiLU: plain('silu'),
  Mish: plain('mish'),
  Tanh: plain('tanh'),
  Sigmoid: plain('sigmoid'),
  Hardsigmoid: plain('hard_sigmoid'),
  Hardswish: plain('hard_swish'),
  Hardtanh: plain('hard_tanh'),
  Softplus: plain('softplus'),
  Softsign: plain('softsign'),
  LogSigmoid: plain('log_sigmoid'),
  Softmax: withAxis('softmax'),
  LogSoftmax: withAxis('log_softmax'),
  Softmax2d: { signature: '', build: () => ({ op: 'activation', attributes: { fn: 'softmax', axis: 1 } }) },
  CELU: elementwise('celu'),
  RReLU: elementwise('rrelu'),
  Threshold: elementwise('threshold'),
  Tanhshrink: elementwise('tanhshrink'),
  Softshrink: elementwise('softshrink'),
  Dropout: dropout,
  Dropout1d: dropout,
  Dropout2d: dropout,
  Dropout3d: dropout,
  AlphaDropout: dropout,
  FeatureAlphaDropout: dropout,
};
