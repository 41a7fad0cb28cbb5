/**
 * From a ModelGraph to the rows and totals of the JSON contract. One row per layer in the order of its
 * first execution, then the layers that are never run; a layer run several times lists each run under
 * `calls` and its MACs are their sum. Weights used directly (`nn.Parameter`) are no rows, but they are
 * in the totals. Nothing is estimated: a number that cannot be known is null, and the totals say `partial`.
 */
import { countMacs } from '../../core/cost/countMacs.ts';
import { layerBytes } from '../../core/cost/layerBytes.ts';
import { bytesAt } from '../../core/cost/weightBits.ts';
import { modelTotals } from '../../core/cost/modelTotals.ts';
import { countWeights } from '../../core/cost/weightSpecs.ts';
import { degreeOfRedundancy } from '../../core/dor/degreeOfRedundancy.ts';
import type { GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Shape } from '../../core/graph/shape.ts';
import { measurementOf, type NetworkSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import type { CallReport, LayerReport, SensitivityReport, Totals } from '../../core/report/analyzeReport.ts';
import type { ConvFormula } from '../settings.ts';
import type { CostedModel, ModelRow } from './modelRow.ts';
import { outputLayers } from './outputLayers.ts';
import { predictSensitivity } from './predictSensitivity.ts';

export interface ReportOptions {
  readonly convFormula: ConvFormula;
  /** Replaces predictions where it still holds. */
  readonly measured?: NetworkSensitivity | null;
}

export function costModel(graph: ModelGraph, options: ReportOptions): CostedModel {
  const runs = runsByLayer(graph);
  const outputs = outputLayers(graph);
  const followed = isFollowed(graph);
  const firstRun = (layer: Layer): number => layer.runs?.[0]?.start ?? runs.get(layer.index)?.[0]?.id ?? Infinity;
  const allRows = [...graph.layers]
    .sort((a, b) => firstRun(a) - firstRun(b) || a.index - b.index)
    .map((layer): ModelRow => {
      const nodes = runs.get(layer.index) ?? [];
      const facts = {
        isOutputLayer: outputs.has(layer.index),
        unused: nodes.length === 0 && layer.runs === undefined && followed,
      };
      return { layer, row: buildRow(graph, layer, nodes, facts, options) };
    });
  const rows = allRows.filter(
    ({ layer }) => layer.op !== 'parameter' && (layer.op !== 'input' || layer.type === 'InputLayer'),
  );
  const shapeOf = (id: number): Shape | null => graph.nodes[id]?.shape ?? null;
  return {
    graph,
    rows,
    measured: options.measured ?? null,
    report: {
      name: graph.name,
      framework: graph.framework,
      file: graph.file,
      line: graph.line,
      instantiation: graph.instantiation,
      inputs: graph.inputs.map(shapeOf),
      outputs: graph.outputs.map(shapeOf),
      layers: rows.map(({ row }) => row),
      totals: withDoubt(modelTotals(allRows.map(({ row }) => row)), followed),
    },
  };
}

/** A model that was not followed to its end may have layers that no row stands for. */
function withDoubt(totals: Totals, followed: boolean): Totals {
  return followed ? totals : { ...totals, partial: true };
}

interface RowFacts {
  readonly isOutputLayer: boolean;
  readonly unused: boolean;
}

function buildRow(
  graph: ModelGraph,
  layer: Layer,
  nodes: readonly GraphNode[],
  { isOutputLayer, unused }: RowFacts,
  options: ReportOptions,
): LayerReport {
  const calls =
    layer.runs === undefined ? nodes.map((node) => describeCall(graph, layer, node)) : describeRuns(graph, layer);
  const first = calls[0];
  const { name, type, stack } = layer;
  const { file, line, column, endLine, endColumn } = layer.site;
  const dor = degreeOfRedundancy(
    layer,
    first?.inputShapes[0] ?? null,
    first?.outputShape ?? null,
    nodes[0]?.layout ?? graph.layout,
    {
      conv: options.convFormula,
    },
  );
  const weights = layer.weights === null ? null : countWeights(layer.weights);
  return {
    name,
    op: layer.op === 'activation' ? layer.attributes.fn : layer.op,
    type,
    file,
    line,
    column,
    endLine,
    endColumn,
    stack,
    attributes: { ...layer.attributes },
    inputShapes: first?.inputShapes ?? null,
    outputShape: first?.outputShape ?? null,
    unknown: layer.unknown ?? nodes.find((node) => node.unknown !== null)?.unknown ?? null,
    params: weights?.params ?? null,
    nonTrainable: weights?.nonTrainable ?? 0,
    macs: unused ? 0 : sumMacs(calls),
    calls,
    unused,
    dor,
    sensitivity: measuredNow(options, layer) ?? predictSensitivity(layer, { dor, isOutputLayer }),
    bytes: layerBytes(layer, layer.weights),
    ...declaredBits(layer),
  };
}

function measuredNow({ measured }: ReportOptions, layer: Layer): SensitivityReport | null {
  const known = measured ? measurementOf(measured, layer.name, layer) : null;
  return known?.state === 'measured' ? known.sensitivity : null;
}

/** What the source says of the kernel's bits; nothing at full precision. */
function declaredBits(layer: Layer): Pick<LayerReport, 'declared'> {
  const { bits = 32 } = layer;
  const bytes = bits === 32 ? null : bytesAt(bits, layer, layer.weights);
  return bytes === null ? {} : { declared: { bits, bytes } };
}

function describeCall(graph: ModelGraph, layer: Layer, node: GraphNode): CallReport {
  const inputShapes = node.inputs.map((id) => graph.nodes[id]?.shape ?? null);
  const macs = countMacs(layer, inputShapes, node.shape, node.layout ?? graph.layout);
  return { inputShapes, outputShape: node.shape, macs };
}

/** Runs of a layer made of operators of its own. */
function describeRuns(graph: ModelGraph, layer: Layer): CallReport[] {
  return (layer.runs ?? []).map(({ inputs, output }) => {
    const inputShapes = inputs.map((id) => graph.nodes[id]?.shape ?? null);
    const outputShape = graph.nodes[output]?.shape ?? null;
    return { inputShapes, outputShape, macs: countMacs(layer, inputShapes, outputShape, graph.layout) };
  });
}

function sumMacs(calls: readonly CallReport[]): number | null {
  if (calls.length === 0) return null;
  let total = 0;
  for (const call of calls) {
    if (call.macs === null) return null;
    total += call.macs;
  }
  return total;
}

function runsByLayer(graph: ModelGraph): ReadonlyMap<number, readonly GraphNode[]> {
  const runs = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.layer === null) continue;
    const nodes = runs.get(node.layer);
    if (nodes === undefined) runs.set(node.layer, [node]);
    else nodes.push(node);
  }
  return runs;
}

/** False where the run could not be followed to its end: then a layer without a node may well be run. */
function isFollowed(graph: ModelGraph): boolean {
  const lost = graph.faults.some(({ kind }) => kind === 'notFollowed' || kind === 'cannotConstruct');
  // A layer that was given what is not known: what came before it may have run other layers.
  const isBroken = graph.nodes.some(({ op, attributes }) => op === 'unknown' && attributes['type'] === 'value');
  return graph.outputs.length > 0 && !lost && !isBroken;
}
