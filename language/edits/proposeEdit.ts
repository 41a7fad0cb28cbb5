/**
 * The edit of the source that does one action to one layer. It is proposed only if it is right: the change is
 * predicted on the graph, made in a copy of the text, the copy analysed again, and every model of the file must
 * come out exactly as predicted (operators, shapes, weights, MACs, bytes, in order). Anything else is refused with
 * a reason, so that an edit is never silently wrong.
 */
import { bytesAt } from '../../core/cost/weightBits.ts';
import type { Layer, ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import { changeGraph, type LayerChange } from '../../core/rewrite/changeGraph.ts';
import { analyzeFile, type AnalyzeOptions, type FileAnalysis } from '../analyze.ts';
import { costModel } from '../report/buildReport.ts';
import type { SourceHost } from '../sourceHost.ts';
import { parseJavascript } from '../syntax/javascript.ts';
import { parsePython } from '../syntax/python.ts';
import { channelArguments } from './channelArguments.ts';
import type { ImportPlace } from './importWrapper.ts';
import type { LayerAction, ModelSize, Proposal } from './layerAction.ts';
import { layersModule } from './layersModule.ts';
import { withChange, type SourceChange, type TextEdit } from './textEdit.ts';
import { wrapForBits, wrapForRewrite } from './wrapLayer.ts';

export interface EditRequest {
  readonly host: SourceHost;
  /** The file whose models are looked at; the layer itself may be built in another one. */
  readonly file: string;
  readonly model: string;
  readonly layer: string;
  readonly options?: AnalyzeOptions;
}

export function proposeEdit(request: EditRequest, action: LayerAction): Proposal {
  const before = analyzeFile(request.host, request.file, request.options);
  return proposeIn(request, before, action);
}

/** The same for an analysis that is there already. */
export function proposeIn(request: EditRequest, before: FileAnalysis, action: LayerAction): Proposal {
  const graph = before.graphs.find(({ name }) => name === request.model);
  const layer = graph?.layers.find(({ name }) => name === request.layer);
  if (graph === undefined || layer === undefined)
    return { refused: `there is no layer ${request.layer} in ${request.model}` };
  const predicted: ModelGraph[] = [];
  const changed: { model: string; name: string }[] = [];
  for (const model of before.graphs) {
    const targets = model.layers.filter(({ site }) => isSameSite(site, layer.site));
    if (targets.length === 0) {
      predicted.push(model);
      continue;
    }
    const result = changeGraph(model, new Set(targets.map(({ index }) => index)), action satisfies LayerChange);
    if ('refused' in result) return { refused: result.refused };
    predicted.push(result.graph);
    changed.push(...targets.map(({ name }) => ({ model: model.name, name })));
  }
  const change = changeOf(request.host, graph, predicted[before.graphs.indexOf(graph)] ?? graph, layer, action);
  if ('refused' in change) return change;
  const after = analyzeFile(withChange(request.host, change), request.file, request.options);
  const difference = firstDifference(predicted, after.graphs);
  if (difference !== null) return { refused: `the edited source would not be what was meant: ${difference}` };
  const next = predicted[before.graphs.indexOf(graph)] ?? graph;
  return { edit: { change, layers: changed, before: sizeOf(graph), after: sizeOf(next) } };
}

function changeOf(
  host: SourceHost,
  graph: ModelGraph,
  predicted: ModelGraph,
  layer: Layer,
  action: LayerAction,
): SourceChange | { readonly refused: string } {
  const placeOf = (file: string): ImportPlace | null => {
    const text = host.read(file);
    if (text === null) return null;
    return { host, file, text, module: file.endsWith('.py') ? parsePython(text) : parseJavascript(text) };
  };
  if (action.kind === 'channels') {
    const result = channelArguments(graph, predicted, placeOf);
    return 'refused' in result ? result : { edits: result.edits, created: [] };
  }
  const place = placeOf(layer.site.file);
  if (place === null) return { refused: `${layer.site.file} cannot be read` };
  const result =
    action.kind === 'bits'
      ? wrapForBits(place, layer.site, action.bits)
      : wrapForRewrite(place, layer.site, action.rewrite);
  if ('refused' in result) return result;
  const created = needsModule(result.edits) ? layersModule(place, graph.framework) : { files: [] };
  return 'refused' in created ? created : { edits: result.edits, created: created.files };
}

/** An edit that only takes something away needs no module. */
function needsModule(edits: readonly TextEdit[]): boolean {
  return edits.some(({ text }) => text !== '');
}

/** Sums over the layers of a graph, with the bits that it declares. */
function sizeOf(graph: ModelGraph): ModelSize {
  const { totals } = costModel(graph, { convFormula: 'published' }).report;
  const bytes = graph.layers.reduce((sum, layer) => sum + (bytesAt(layer.bits ?? 32, layer, layer.weights) ?? 0), 0);
  return { bytes, macs: totals.macs, params: totals.params };
}

/** What differs between prediction and analysis, in words; null where nothing does. Names may differ. */
function firstDifference(predicted: readonly ModelGraph[], found: readonly ModelGraph[]): string | null {
  if (predicted.length !== found.length) return `it has ${found.length} models instead of ${predicted.length}`;
  for (const [idx, graph] of predicted.entries()) {
    const other = found[idx];
    const wanted = rowsOf(graph);
    const got = other === undefined ? [] : rowsOf(other);
    const at = wanted.findIndex((row, rowIdx) => row !== got[rowIdx]);
    if (at >= 0) return `layer ${at + 1} of ${graph.name} is ${got[at] ?? 'missing'} instead of ${wanted[at] ?? ''}`;
    if (got.length !== wanted.length) return `${graph.name} has ${got.length} layers instead of ${wanted.length}`;
  }
  return null;
}

function rowsOf(graph: ModelGraph): readonly string[] {
  return costModel(graph, { convFormula: 'published' }).rows.map(({ layer, row }) =>
    JSON.stringify([
      row.op,
      row.inputShapes,
      row.outputShape,
      row.params,
      row.macs,
      row.unused,
      bytesAt(layer.bits ?? 32, layer, layer.weights),
    ]),
  );
}

function isSameSite(one: Site, two: Site): boolean {
  return (
    one.file === two.file &&
    one.line === two.line &&
    one.column === two.column &&
    one.endLine === two.endLine &&
    one.endColumn === two.endColumn
  );
}
