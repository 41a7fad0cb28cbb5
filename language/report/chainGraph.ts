/**
 * Graphs by hand, for tests of what reads a ModelGraph: a chain of layers, each on its own source line,
 * with shapes from core's inference. `publishedDcgan` is the generator of PBGen's Table I.
 * It takes no short cuts that an analysis of source text would not also take.
 */
import { weightSpecs } from '../../core/cost/weightSpecs.ts';
import type { Framework, GraphFault, GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { OpCall } from '../../core/graph/ops.ts';
import type { Shape } from '../../core/graph/shape.ts';
import { inferShape } from '../../core/shape/inferShape.ts';

export interface ChainLayer {
  readonly call: OpCall;
  readonly type: string;
  readonly name?: string;
  /** Line that builds it; by default the next line, from 10 on. */
  readonly line?: number;
  readonly stack?: readonly number[];
  /** How often it runs, one after the other; 0 is built and never run. */
  readonly nRuns?: number;
}

export interface ChainOptions {
  readonly name?: string;
  readonly framework?: Framework;
  readonly file?: string;
  readonly input: Shape | null;
  readonly layers: readonly ChainLayer[];
  readonly faults?: readonly GraphFault[];
}

export function chainGraph(options: ChainOptions): ModelGraph {
  const { framework = 'pytorch', file = 'model.py', faults = [] } = options;
  const layout = framework === 'pytorch' ? 'channelsFirst' : 'channelsLast';
  const layers = options.layers.map((spec, index): Layer => {
    const line = spec.line ?? 10 + index;
    return {
      ...spec.call,
      index,
      name: spec.name ?? `main.${index}`,
      type: spec.type,
      site: { file, line, column: 12, endLine: line, endColumn: 60 },
      stack: (spec.stack ?? []).map((caller) => ({ file, line: caller })),
      weights: weightSpecs(spec.call, framework, spec.type),
      unknown: null,
    };
  });
  const nodes: GraphNode[] = [
    {
      op: 'input',
      attributes: { index: 0 },
      id: 0,
      layer: null,
      inputs: [],
      shape: options.input,
      unknown: options.input === null ? 'the input shape is not known' : null,
      site: null,
    },
  ];
  for (const layer of layers) {
    for (let run = 0; run < (options.layers[layer.index]?.nRuns ?? 1); run++) {
      const previous = nodes[nodes.length - 1];
      const result = inferShape(layer, [previous?.shape ?? null], layout);
      nodes.push({
        ...(layer as OpCall),
        id: nodes.length,
        layer: layer.index,
        inputs: [nodes.length - 1],
        shape: result.kind === 'shape' ? result.shape : null,
        unknown: result.kind === 'unknown' ? result.reason : null,
        site: layer.site,
      });
    }
  }
  return {
    name: options.name ?? 'Generator',
    framework,
    layout,
    file,
    line: 5,
    instantiation: null,
    layers,
    nodes,
    inputs: [0],
    outputs: [nodes.length - 1],
    faults,
  };
}

interface ConvSpec {
  readonly from: number;
  readonly to: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
}

export function conv2d(spec: ConvSpec): OpCall {
  return { op: 'conv2d', attributes: convAttributes(spec) };
}

export function deconv2d(spec: ConvSpec & { readonly outputPadding?: number }): OpCall {
  const extra = spec.outputPadding ?? 0;
  return { op: 'conv2d_transpose', attributes: { ...convAttributes(spec), outputPadding: [extra, extra] } };
}

export function dense(inFeatures: number, outFeatures: number): OpCall {
  return { op: 'dense', attributes: { inFeatures, outFeatures, bias: true } };
}

export const relu: OpCall = { op: 'activation', attributes: { fn: 'relu' } };

/** PBGen's generator after its projection: 512×4×4 to 3×64×64 with 5×5 kernels; DoR 496, 192, −128, −960. */
export function publishedDcgan(): ModelGraph {
  const widths = [512, 256, 128, 64, 3];
  return chainGraph({
    input: [1, 512, 4, 4],
    layers: widths.slice(1).map((to, idx) => ({
      type: 'ConvTranspose2d',
      call: deconv2d({ from: widths[idx] ?? 0, to, kernel: 5, stride: 2, padding: 2, outputPadding: 1 }),
    })),
  });
}

function convAttributes({ from, to, kernel = 4, stride = 2, padding = 1, groups = 1 }: ConvSpec) {
  return {
    inChannels: from,
    outChannels: to,
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [padding, padding],
    dilation: [1, 1],
    groups,
    bias: false,
  };
}
