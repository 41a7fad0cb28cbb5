/**
 * The operators a model is made of, and what each one's attributes are. One table: the analysis, the
 * cost arithmetic and the trainable network all read it, so an operator is added here first.
 * Spatial lists have one entry per spatial dimension (1, 2 or 3). Axes count from 0 and include the batch.
 */

/** Explicit symmetric padding per spatial dimension, or TF's `same` and `valid`. */
export type Padding = readonly number[] | 'same' | 'valid';

export interface ConvAttributes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  /** After the data, where it is not what `padding` adds before it (model files; PyTorch pads both alike). */
  readonly paddingEnd?: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
  /** How the border is filled; PyTorch's `padding_mode`. */
  readonly paddingMode?: 'zeros' | 'reflect' | 'replicate' | 'circular';
}

export interface ConvTransposeAttributes extends ConvAttributes {
  /** Extra rows and columns on one side of the output (PyTorch); zeros where the framework has none. */
  readonly outputPadding: readonly number[];
}

export interface DenseAttributes {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
}

export interface BatchNormAttributes {
  readonly features: number;
  readonly eps: number;
  /** PyTorch's convention: new = (1 − momentum)·old + momentum·batch. Keras' 0.99 is stored as 0.01. */
  readonly momentum: number;
  readonly scale: boolean;
  readonly center: boolean;
  /** Keeps running statistics (they are non-trainable). */
  readonly trackStats: boolean;
}

export interface NormAttributes {
  readonly features: number;
  readonly eps: number;
  readonly affine: boolean;
  /** false: of the two weights of an affine norm, this one is not there. */
  readonly scale?: boolean;
  readonly center?: boolean;
  readonly groups?: number;
  readonly trackStats?: boolean;
}

export interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  /** After the data, where it is not what `padding` adds before it. */
  readonly paddingEnd?: readonly number[];
  readonly dilation?: readonly number[];
  readonly ceilMode?: boolean;
  readonly countIncludePad?: boolean;
}

export type ActivationName =
  | 'relu'
  | 'leaky_relu'
  | 'prelu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'mish'
  | 'relu6'
  | 'tanh'
  | 'sigmoid'
  | 'hard_sigmoid'
  | 'hard_swish'
  | 'hard_tanh'
  | 'softplus'
  | 'softsign'
  | 'softmax'
  | 'log_softmax'
  | 'log_sigmoid'
  | 'linear';

export interface ActivationAttributes {
  readonly fn: ActivationName;
  /** Negative slope of leaky_relu, alpha of elu. */
  readonly alpha?: number;
  readonly axis?: number;
  /** Number of slopes of a prelu. */
  readonly features?: number;
}

export interface OpAttributeMap {
  /** A model input; `index` is its position among the inputs. */
  input: { readonly index: number };
  /** A weight used directly (`nn.Parameter`), or a constant tensor of the source (`trainable: false`). */
  parameter: { readonly shape: readonly number[]; readonly trainable: boolean };
  conv1d: ConvAttributes;
  conv2d: ConvAttributes;
  conv3d: ConvAttributes;
  conv1d_transpose: ConvTransposeAttributes;
  conv2d_transpose: ConvTransposeAttributes;
  conv3d_transpose: ConvTransposeAttributes;
  /** Depthwise followed by pointwise; Keras' SeparableConv2D. `groups` is the depth multiplier's group count. */
  separable_conv2d: ConvAttributes & { readonly depthMultiplier: number };
  dense: DenseAttributes;
  embedding: { readonly count: number; readonly features: number };
  batch_norm: BatchNormAttributes;
  instance_norm: NormAttributes;
  group_norm: NormAttributes;
  layer_norm: NormAttributes & { readonly axes: readonly number[] };
  activation: ActivationAttributes;
  dropout: { readonly rate: number };
  /** `shape` includes the batch; −1 at most once. */
  reshape: { readonly shape: readonly number[] };
  flatten: { readonly startAxis: number; readonly endAxis: number };
  permute: { readonly axes: readonly number[] };
  squeeze: { readonly axes: readonly number[] };
  unsqueeze: { readonly axis: number };
  expand: { readonly shape: readonly number[] };
  tile: { readonly repeats: readonly number[] };
  /** `size` counts input entries (−1: to the end), of which every `step`-th is taken. */
  slice: { readonly begin: readonly number[]; readonly size: readonly number[]; readonly step?: readonly number[] };
  gather: { readonly axis: number; readonly indices: readonly number[] | null };
  pad: {
    readonly pads: readonly (readonly [number, number])[];
    readonly mode: 'constant' | 'reflect' | 'replicate' | 'circular';
  };
  /** Resize by `scale` or to `size` (spatial dimensions only). */
  upsample: {
    readonly scale: readonly number[] | null;
    readonly size: readonly number[] | null;
    readonly mode: 'nearest' | 'bilinear' | 'bicubic' | 'trilinear';
  };
  /** Channels to space (sub-pixel convolution) by `factor`; `inverse` is space to channels. */
  pixel_shuffle: { readonly factor: number; readonly inverse: boolean };
  max_pool: PoolAttributes;
  avg_pool: PoolAttributes;
  adaptive_avg_pool: { readonly size: readonly number[] };
  adaptive_max_pool: { readonly size: readonly number[] };
  global_avg_pool: { readonly keepDims: boolean };
  global_max_pool: { readonly keepDims: boolean };
  add: Record<string, never>;
  sub: Record<string, never>;
  mul: Record<string, never>;
  div: Record<string, never>;
  maximum: Record<string, never>;
  /** Elementwise with a constant of the source: y = x·scale + offset. */
  affine: { readonly scale: number; readonly offset: number };
  /** Any other elementwise function of one tensor; shape is kept. */
  elementwise: { readonly fn: string };
  matmul: { readonly transposeA?: boolean; readonly transposeB?: boolean };
  cat: { readonly axis: number };
  stack: { readonly axis: number };
  reduce: {
    readonly fn: 'mean' | 'sum' | 'max' | 'min' | 'norm' | 'var' | 'std';
    readonly axes: readonly number[] | null;
    readonly keepDims: boolean;
  };
  identity: Record<string, never>;
  /** Recurrent and attention layers: costed where known, not trained by the engine. */
  recurrent: {
    readonly cell: 'lstm' | 'gru' | 'rnn';
    readonly inFeatures: number;
    readonly units: number;
    readonly layers: number;
    readonly bidirectional: boolean;
    /** false: only the last step's output (Keras' default); absent: every step's. */
    readonly returnSequences?: boolean;
    /** false: its gates add none. */
    readonly bias?: boolean;
  };
  attention: { readonly features: number; readonly heads: number };
  /**
   * An operator that this table has not: what is not known of it has its reason in the node's or layer's `unknown`.
   * `macs` is there where the analysis has counted them (a recurrent convolution, a layer at every time step).
   */
  unknown: { readonly type: string; readonly macs?: number };
}

export type OpName = keyof OpAttributeMap;

/** An operator with its attributes: `op` selects the type of `attributes`. */
export type OpCall = { readonly [K in OpName]: { readonly op: K; readonly attributes: OpAttributeMap[K] } }[OpName];
