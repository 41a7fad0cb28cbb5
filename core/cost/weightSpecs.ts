/**
 * The weights that a layer owns, in the framework's own names and axis order: PyTorch writes
 * [out, in/groups, kh, kw] and its transposed convolution [in, out/groups, kh, kw]; Keras and TF.js write
 * [kh, kw, in/groups, out] and [kh, kw, out, in]. ONNX follows PyTorch's order, TF.js files follow TF.js.
 * Running statistics are non-trainable; PyTorch's `num_batches_tracked` is a counter, not a weight, and left out.
 */
import type { Framework, WeightSpec } from '../graph/modelGraph.ts';
import type {
  BatchNormAttributes,
  ConvAttributes,
  ConvTransposeAttributes,
  NormAttributes,
  OpAttributeMap,
  OpCall,
} from '../graph/ops.ts';

/**
 * null: the sizes cannot be known (an unknown operator, or sizes that are no positive whole numbers).
 * `type` is the class as written, which tells Keras' depthwise convolution from a grouped one.
 */
export function weightSpecs(call: OpCall, framework: Framework, type = ''): readonly WeightSpec[] | null {
  const specs = specsOf(call, framework === 'pytorch' || framework === 'onnx', framework, type);
  const sound = specs?.every(({ shape }) => shape.every((dim) => Number.isSafeInteger(dim) && dim > 0));
  return sound ? specs : null;
}

/** Numbers of trainable and of other weights. */
export function countWeights(specs: readonly WeightSpec[]): { readonly params: number; readonly nonTrainable: number } {
  let params = 0;
  let nonTrainable = 0;
  for (const spec of specs) {
    if (spec.trainable) params += sizeOf(spec);
    else nonTrainable += sizeOf(spec);
  }
  return { params, nonTrainable };
}

export function sizeOf(spec: WeightSpec): number {
  return spec.shape.reduce((total, dim) => total * dim, 1);
}

function specsOf(call: OpCall, torch: boolean, framework: Framework, type: string): readonly WeightSpec[] | null {
  switch (call.op) {
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      return convSpecs(call.attributes, torch, /depthwise/i.test(type) ? depthwiseName(framework) : null);
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return convTransposeSpecs(call.attributes, torch);
    case 'separable_conv2d':
      return separableSpecs(call.attributes, torch);
    case 'dense': {
      const { inFeatures, outFeatures, bias } = call.attributes;
      const kernel = torch ? weight('weight', [outFeatures, inFeatures]) : weight('kernel', [inFeatures, outFeatures]);
      return [kernel, ...biasOf(bias, outFeatures)];
    }
    case 'embedding':
      return [weight(torch ? 'weight' : 'embeddings', [call.attributes.count, call.attributes.features])];
    case 'batch_norm':
      return batchNormSpecs(call.attributes, torch);
    case 'instance_norm':
    case 'group_norm':
    case 'layer_norm':
      return normSpecs(call.attributes, torch);
    case 'activation':
      return call.attributes.fn === 'prelu' && call.attributes.features !== undefined
        ? [weight(torch ? 'weight' : 'alpha', [call.attributes.features])]
        : [];
    case 'parameter':
      return [{ name: 'value', shape: call.attributes.shape, trainable: call.attributes.trainable }];
    case 'recurrent':
      return torch ? torchRecurrentSpecs(call.attributes) : kerasRecurrentSpecs(call.attributes, framework);
    case 'attention':
      return torch ? torchAttentionSpecs(call.attributes.features) : null;
    case 'unknown':
      return null;
    default:
      return [];
  }
}

/** Keras 3 calls every kernel `kernel`. */
function depthwiseName(framework: Framework): string {
  return framework === 'keras' ? 'kernel' : 'depthwise_kernel';
}

/** `depthwise` is the name of a depthwise kernel where the layer is one. */
function convSpecs(attributes: ConvAttributes, torch: boolean, depthwise: string | null): readonly WeightSpec[] {
  const { inChannels, outChannels, kernel, groups, bias } = attributes;
  const kernelSpec = torch
    ? weight('weight', [outChannels, inChannels / groups, ...kernel])
    : depthwise !== null
      ? weight(depthwise, [...kernel, inChannels, outChannels / inChannels])
      : weight('kernel', [...kernel, inChannels / groups, outChannels]);
  return [kernelSpec, ...biasOf(bias, outChannels)];
}

function convTransposeSpecs(attributes: ConvTransposeAttributes, torch: boolean): readonly WeightSpec[] | null {
  const { inChannels, outChannels, kernel, groups, bias } = attributes;
  if (!torch && groups !== 1) return null; // Keras and TF.js have no grouped transposed convolution.
  const kernelSpec = torch
    ? weight('weight', [inChannels, outChannels / groups, ...kernel])
    : weight('kernel', [...kernel, outChannels, inChannels]);
  return [kernelSpec, ...biasOf(bias, outChannels)];
}

function separableSpecs(attributes: OpAttributeMap['separable_conv2d'], torch: boolean): readonly WeightSpec[] | null {
  if (torch) return null; // PyTorch has no such layer: people write two convolutions.
  const { inChannels, outChannels, kernel, depthMultiplier, bias } = attributes;
  return [
    weight('depthwise_kernel', [...kernel, inChannels, depthMultiplier]),
    weight('pointwise_kernel', [...kernel.map(() => 1), inChannels * depthMultiplier, outChannels]),
    ...biasOf(bias, outChannels),
  ];
}

function batchNormSpecs(attributes: BatchNormAttributes, torch: boolean): readonly WeightSpec[] {
  const { features, scale, center, trackStats } = attributes;
  return [
    ...(scale ? [weight(torch ? 'weight' : 'gamma', [features])] : []),
    ...(center ? [weight(torch ? 'bias' : 'beta', [features])] : []),
    ...(trackStats ? statistics(features, torch) : []),
  ];
}

function normSpecs(attributes: NormAttributes, torch: boolean): readonly WeightSpec[] {
  const { features, affine, scale = true, center = true, trackStats } = attributes;
  return [
    ...(affine && scale ? [weight(torch ? 'weight' : 'gamma', [features])] : []),
    ...(affine && center ? [weight(torch ? 'bias' : 'beta', [features])] : []),
    ...(trackStats ? statistics(features, torch) : []),
  ];
}

function statistics(features: number, torch: boolean): readonly WeightSpec[] {
  return [
    { name: torch ? 'running_mean' : 'moving_mean', shape: [features], trainable: false },
    { name: torch ? 'running_var' : 'moving_variance', shape: [features], trainable: false },
  ];
}

type Recurrent = OpAttributeMap['recurrent'];

/** Gate matrices per cell: LSTM i, f, g, o; GRU r, z, n. */
export function recurrentGates(cell: Recurrent['cell']): number {
  return cell === 'lstm' ? 4 : cell === 'gru' ? 3 : 1;
}

function torchRecurrentSpecs(attributes: Recurrent): readonly WeightSpec[] {
  const { cell, inFeatures, units, layers, bidirectional, bias = true } = attributes;
  const rows = recurrentGates(cell) * units;
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  return Array.from({ length: layers }, (_unused, depth) =>
    suffixes.flatMap((suffix) => [
      weight(`weight_ih_l${depth}${suffix}`, [rows, depth === 0 ? inFeatures : units * suffixes.length]),
      weight(`weight_hh_l${depth}${suffix}`, [rows, units]),
      ...(bias ? [weight(`bias_ih_l${depth}${suffix}`, [rows]), weight(`bias_hh_l${depth}${suffix}`, [rows])] : []),
    ]),
  ).flat();
}

/** Keras' GRU resets after the product, with a second bias (`reset_after`, its default); TF.js has only the first form. */
function kerasRecurrentSpecs(attributes: Recurrent, framework: Framework): readonly WeightSpec[] | null {
  const { cell, inFeatures, units, layers, bidirectional, bias = true } = attributes;
  if (layers !== 1 && bidirectional) return null;
  const columns = recurrentGates(cell) * units;
  const biasShape = cell === 'gru' && framework === 'keras' ? [2, columns] : [columns];
  // Several layers are cells on each other, in one layer of the framework.
  const prefixes = bidirectional
    ? ['forward_', 'backward_']
    : Array.from({ length: layers }, (_unused, depth) => (layers === 1 ? '' : `cell_${depth}_`));
  return prefixes.flatMap((prefix, idx) => [
    weight(`${prefix}kernel`, [!bidirectional && idx > 0 ? units : inFeatures, columns]),
    weight(`${prefix}recurrent_kernel`, [units, columns]),
    ...(bias ? [weight(`${prefix}bias`, biasShape)] : []),
  ]);
}

function torchAttentionSpecs(features: number): readonly WeightSpec[] {
  return [
    weight('in_proj_weight', [3 * features, features]),
    weight('in_proj_bias', [3 * features]),
    weight('out_proj.weight', [features, features]),
    weight('out_proj.bias', [features]),
  ];
}

function weight(name: string, shape: readonly number[]): WeightSpec {
  return { name, shape, trainable: true };
}

function biasOf(bias: boolean, features: number): readonly WeightSpec[] {
  return bias ? [weight('bias', [features])] : [];
}
