/**
 * ModelGraphs written by hand, for tests that must not depend on reading a source file: a chain of
 * steps with their output shapes, each a layer with weights or a plain operator. The result has
 * everything the trainer reads and honest, if dull, source positions (one line per step).
 */
import type { Framework, GraphNode, Layer, ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import type { OpCall } from '../../core/graph/ops.ts';
import type { Layout } from '../../core/graph/shape.ts';

/** One step of the chain: the operator, its output shape with batch 1, and the layer's name where it is one. */
export type HandStep = OpCall & {
  readonly shape: readonly number[];
  readonly name?: string;
  /** Node ids it reads; by default the node before it. Node 0 is the input. */
  readonly from?: readonly number[];
};

export function handGraph(options: {
  readonly name: string;
  readonly framework?: Framework;
  readonly input: readonly number[];
  readonly steps: readonly HandStep[];
}): ModelGraph {
  const framework = options.framework ?? 'pytorch';
  const layout: Layout = framework === 'pytorch' || framework === 'onnx' ? 'channelsFirst' : 'channelsLast';
  const file = `${options.name}.py`;
  const site = (line: number): Site => ({ file, line, column: 8, endLine: line, endColumn: 40 });
  const layers: Layer[] = [];
  const nodes: GraphNode[] = [
    {
      id: 0,
      op: 'input',
      attributes: { index: 0 },
      layer: null,
      inputs: [],
      shape: options.input,
      unknown: null,
      site: null,
    },
  ];
  options.steps.forEach(({ shape, name, from, ...call }, i) => {
    const known = layers.find((layer) => layer.name === name);
    if (name !== undefined && !known) {
      layers.push({
        ...call,
        index: layers.length,
        name,
        type: call.op,
        site: site(i + 2),
        stack: [],
        weights: [],
        unknown: null,
      });
    }
    nodes.push({
      ...call,
      id: i + 1,
      layer: name === undefined ? null : (known?.index ?? layers.length - 1),
      inputs: from ?? [i],
      shape,
      unknown: null,
      site: site(i + 2),
    });
  });
  return {
    name: options.name,
    framework,
    layout,
    file,
    line: 1,
    instantiation: null,
    layers,
    nodes,
    inputs: [0],
    outputs: [nodes.length - 1],
    faults: [],
  };
}

const square = { stride: [2, 2], dilation: [1, 1], groups: 1 } as const;

/** A DCGAN generator of any small size: dense → (channels, 4, 4) → deconvolutions by 2 → tanh. */
export function handGenerator(options: {
  readonly latents: number;
  /** Channels after the projection and after each deconvolution but the last. */
  readonly channels: readonly number[];
  readonly colours: number;
  readonly framework?: Framework;
}): ModelGraph {
  const { latents, channels, colours } = options;
  const [first = 8] = channels;
  const last = options.framework === 'keras';
  const image = (c: number, size: number): number[] => (last ? [1, size, size, c] : [1, c, size, size]);
  const steps: HandStep[] = [
    {
      op: 'dense',
      attributes: { inFeatures: latents, outFeatures: first * 16, bias: true },
      name: 'fc',
      shape: [1, first * 16],
    },
    { op: 'reshape', attributes: { shape: [-1, ...image(first, 4).slice(1)] }, shape: image(first, 4) },
    { op: 'batch_norm', attributes: norm(first), name: 'main.0', shape: image(first, 4) },
    { op: 'activation', attributes: { fn: 'relu' }, shape: image(first, 4) },
  ];
  let size = 4;
  channels.forEach((inChannels, i) => {
    const final = i === channels.length - 1;
    const outChannels = final ? colours : (channels[i + 1] ?? 1);
    size *= 2;
    steps.push({
      op: 'conv2d_transpose',
      attributes: {
        ...square,
        inChannels,
        outChannels,
        kernel: [4, 4],
        padding: [1, 1],
        outputPadding: [0, 0],
        bias: final,
      },
      name: `main.${i * 3 + 2}`,
      shape: image(outChannels, size),
    });
    if (final) {
      steps.push({ op: 'activation', attributes: { fn: 'tanh' }, shape: image(outChannels, size) });
      return;
    }
    steps.push({
      op: 'batch_norm',
      attributes: norm(outChannels),
      name: `main.${i * 3 + 3}`,
      shape: image(outChannels, size),
    });
    steps.push({ op: 'activation', attributes: { fn: 'relu' }, shape: image(outChannels, size) });
  });
  return handGraph({ name: 'Generator', framework: options.framework ?? 'pytorch', input: [1, latents], steps });
}

/** Its discriminator: convolutions by 2, then one dense logit (with a sigmoid where asked). */
export function handDiscriminator(options: {
  readonly size: number;
  readonly colours: number;
  readonly channels: readonly number[];
  readonly sigmoid?: boolean;
}): ModelGraph {
  const steps: HandStep[] = [];
  let { size } = options;
  let inChannels = options.colours;
  options.channels.forEach((outChannels, i) => {
    size /= 2;
    const shape = [1, outChannels, size, size];
    steps.push({
      op: 'conv2d',
      attributes: { ...square, inChannels, outChannels, kernel: [4, 4], padding: [1, 1], bias: i === 0 },
      name: `main.${i * 3}`,
      shape,
    });
    if (i > 0) steps.push({ op: 'batch_norm', attributes: norm(outChannels), name: `main.${i * 3 + 1}`, shape });
    steps.push({ op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 }, shape });
    inChannels = outChannels;
  });
  const inFeatures = inChannels * size * size;
  steps.push({ op: 'flatten', attributes: { startAxis: 1, endAxis: -1 }, shape: [1, inFeatures] });
  steps.push({ op: 'dense', attributes: { inFeatures, outFeatures: 1, bias: true }, name: 'fc', shape: [1, 1] });
  if (options.sigmoid) steps.push({ op: 'activation', attributes: { fn: 'sigmoid' }, shape: [1, 1] });
  return handGraph({
    name: 'Discriminator',
    input: [1, options.colours, options.size, options.size],
    steps,
  });
}

function norm(features: number): {
  features: number;
  eps: number;
  momentum: number;
  scale: boolean;
  center: boolean;
  trackStats: boolean;
} {
  return { features, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true };
}
