/**
 * What `bench:kernels` computes, for every peer alike: a DCGAN generator of width w (100 latents → dense to
 * w×4×4 → transposed convolutions 5×5 by 2 to w/2, w/4, w/8 and 3 channels at 64×64), of which the projection
 * and three transposed convolutions have weights ±α, or those three layers alone. A bias stands where a batch
 * normalization would fold to one, so that no peer computes more than another.
 */
import { binaryWeight, writePacked, type PackedWeight } from '../engine/formats/packedModel.ts';
import { rng } from '../engine/random/rng.ts';
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../engine/tensors/onnx/onnxModel.ts';
import { handGraph, type HandStep } from '../engine/train/handGraph.ts';

export interface KernelCase {
  readonly width: number;
  readonly batch: number;
  readonly part: 'layers' | 'generator';
}

export interface BenchLayer {
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Rows and columns of its input; 0 for the dense layer. */
  readonly side: number;
  readonly binary: boolean;
  /** PyTorch's order: dense [out, in], transposed convolution [in, out, 5, 5]. */
  readonly values: Float32Array;
  readonly bias: Float32Array;
}

export const latentSize = 100;
export const kernelSize = 5;

export function caseName({ width, batch, part }: KernelCase): string {
  return `${width}-b${batch}-${part}`;
}

export function benchLayers({ width, part }: KernelCase): BenchLayer[] {
  const sizes = [
    { name: 'fc', inChannels: latentSize, outChannels: width * 16, side: 0, binary: true },
    { name: 'main.0', inChannels: width, outChannels: width / 2, side: 4, binary: true },
    { name: 'main.1', inChannels: width / 2, outChannels: width / 4, side: 8, binary: true },
    { name: 'main.2', inChannels: width / 4, outChannels: width / 8, side: 16, binary: true },
    { name: 'main.3', inChannels: width / 8, outChannels: 3, side: 32, binary: false },
  ];
  const used = part === 'generator' ? sizes : sizes.slice(1, 4);
  return used.map((size, i) => {
    const random = rng(1, i, 'bench weights');
    const nTaps = size.side === 0 ? 1 : kernelSize ** 2;
    // So that values keep their size: about a quarter of the taps meet in one output.
    const alpha = Math.fround(Math.sqrt(2 / (size.inChannels * Math.max(1, nTaps / 4))));
    const values = new Float32Array(size.inChannels * size.outChannels * nTaps);
    for (let at = 0; at < values.length; at += 32) {
      const word = random.uint32();
      for (let bit = 0; bit < 32 && at + bit < values.length; bit++)
        values[at + bit] = (word >>> bit) & 1 ? alpha : -alpha;
    }
    const bias = random.fillUniform(new Float32Array(size.outChannels), -0.1, 0.1);
    return { ...size, values, bias };
  });
}

/** [batch, …] in the framework's order. */
export function benchInput({ width, batch, part }: KernelCase): Float32Array {
  return rng(2, 0, 'bench input').fillNormal(
    new Float32Array(batch * (part === 'generator' ? latentSize : width * 16)),
  );
}

/** The whole generator as a packed file; with `packed` false all its weights are fp32. */
export function packedBenchModel(kernelCase: KernelCase, packed: boolean): Uint8Array {
  const layers = benchLayers({ ...kernelCase, part: 'generator' });
  const weights = new Map<string, PackedWeight>();
  const steps: HandStep[] = [];
  for (const { name, inChannels, outChannels, side, binary, values, bias } of layers) {
    const shape = side === 0 ? [outChannels, inChannels] : [inChannels, outChannels, kernelSize, kernelSize];
    weights.set(
      `${name}.weight`,
      packed && binary ? binaryWeight(shape, side === 0 ? 0 : 1, values) : { kind: 'float', shape, values },
    );
    weights.set(`${name}.bias`, { kind: 'float', shape: [outChannels], values: bias });
    const out = side === 0 ? [1, outChannels] : [1, outChannels, side * 2, side * 2];
    if (side === 0) {
      const image = [1, kernelCase.width, 4, 4];
      const attributes = { inFeatures: inChannels, outFeatures: outChannels, bias: true };
      steps.push({ op: 'dense', attributes, name, shape: out });
      steps.push({ op: 'activation', attributes: { fn: 'relu' }, shape: out });
      steps.push({ op: 'reshape', attributes: { shape: [-1, ...image.slice(1)] }, shape: image });
      continue;
    }
    steps.push({ op: 'conv2d_transpose', attributes: deconvAttributes(inChannels, outChannels), name, shape: out });
    steps.push({ op: 'activation', attributes: { fn: name === 'main.3' ? 'tanh' : 'relu' }, shape: out });
  }
  const graph = handGraph({ name: 'Generator', input: [1, latentSize], steps });
  return writePacked({ graph, weights, plan: {}, sources: {} });
}

function deconvAttributes(inChannels: number, outChannels: number) {
  return {
    inChannels,
    outChannels,
    kernel: [kernelSize, kernelSize],
    stride: [2, 2],
    padding: [2, 2],
    outputPadding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    bias: true,
  };
}

/** Input `x`, output `y`, both channels first. */
export function onnxBenchModel(kernelCase: KernelCase): OnnxGraph {
  const { batch, width, part } = kernelCase;
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const constant = (name: string, dims: readonly number[], values: Float32Array): string => {
    initializers.push({ name, dtype: 'float32', dims, bytes: bytesOf(values) });
    return name;
  };
  let last = 'x';
  const add = (type: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): void => {
    const out = `${type}${nodes.length}`;
    nodes.push({ type, domain: '', inputs: [last, ...inputs], outputs: [out], attributes });
    last = out;
  };
  let dims: number[] = part === 'generator' ? [batch, latentSize] : [batch, width, 4, 4];
  const inputDims = dims;
  for (const { name, inChannels, outChannels, side, values, bias } of benchLayers(kernelCase)) {
    const b = constant(`${name}.bias`, [outChannels], bias);
    if (side === 0) {
      add('Gemm', [constant(`${name}.weight`, [outChannels, inChannels], values), b], { transB: { int: 1 } });
      add('Relu', []);
      dims = [batch, width, 4, 4];
      const shape = new BigInt64Array(dims.map(BigInt));
      initializers.push({ name: 'shape', dtype: 'int64', dims: [4], bytes: bytesOf(shape) });
      add('Reshape', ['shape']);
      continue;
    }
    add('ConvTranspose', [constant(`${name}.weight`, [inChannels, outChannels, kernelSize, kernelSize], values), b], {
      kernel_shape: { ints: [kernelSize, kernelSize] },
      strides: { ints: [2, 2] },
      pads: { ints: [2, 2, 2, 2] },
      output_padding: { ints: [1, 1] },
    });
    add(name === 'main.3' ? 'Tanh' : 'Relu', []);
    dims = [batch, outChannels, side * 2, side * 2];
  }
  const ends = nodes.map((node, i) => (i === nodes.length - 1 ? { ...node, outputs: ['y'] } : node));
  return {
    nodes: ends,
    initializers,
    inputs: [{ name: 'x', dtype: 'float32', dims: inputDims }],
    outputs: [{ name: 'y', dtype: 'float32', dims }],
  };
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
