/**
 * The edit of the source that does one action to one layer. It is proposed only if it is right: the change is
 * predicted on the graph, made in a copy of the text, the copy analysed again, and every model of the file must
 * come out exactly as predicted (operators, shapes, weights, MACs, bytes, in order). Anything else is refused with
 * a reason, so that an edit is never silently wrong.
 */
import { storedBytes } from '../../core/cost/storedBytes.ts';
import type { ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import { changeGraph, type LayerChange } from '../../core/rewrite/changeGraph.ts';
import { analyzeFile, type AnalyzeOptions, type FileAnalysis } from '../analyze.ts';
import { costModel } from '../report/buildReport.ts';
import type { SourceHost } from '../sourceHost.ts';
import { parseJavascript } from '../syntax/javascript.ts';
import { parsePython } from '../syntax/python.ts';
import { channelArguments } from './channelArguments.ts';
import type { ImportPlace } from './importWrapper.ts';
import type { LayerAction, ModelSize, Proposal, ProposedEdit } from './layerAction.ts';
import { layersModule } from './layersModule.ts';
import { withChange, type SourceChange, type TextEdit } from './textEdit.ts';
import { wrapForBits, wrapForRewrite } from './wrapLayer.ts';

export interface EditRequest {
  readonly host: SourceHost;
  /** The file whose models are looked at; the layers themselves may be built in other ones. */
  readonly file: string;
  readonly model: string;
  readonly options?: AnalyzeOptions;
}

/** What is done to a layer, by its name in the model. */
export interface LayerChoice {
  readonly layer: string;
  readonly action: LayerAction;
}

export function proposeEdit(request: EditRequest, choices: readonly LayerChoice[]): Proposal {
  const before = analyzeFile(request.host, request.file, request.options);
  return proposeIn(request, before, choices);
}

/** The same for an analysis that is there already. */
export function proposeIn(request: EditRequest, before: FileAnalysis, choices: readonly LayerChoice[]): Proposal {
  const index = before.graphs.findIndex(({ name }) => name === request.model);
  const graph = before.graphs[index];
  if (graph === undefined) return { refused: `there is no model ${request.model} in ${request.file}` };
  const predicted = predictChoices(before.graphs, graph, choices);
  if ('refused' in predicted) return predicted;
  const next = predicted.graphs[index] ?? graph;
  const change = changeOf(request.host, graph, next, choices);
  if ('refused' in change) return change;
  const after = analyzeFile(withChange(request.host, change), request.file, request.options);
  const difference = firstDifference(predicted.graphs, after.graphs);
  if (difference !== null) return { refused: `the edited source would not be what was meant: ${difference}` };
  return { edit: { change, layers: predicted.layers, before: sizeOf(graph), after: sizeOf(next), leftOut: [] } };
}

interface Predicted {
  readonly graphs: readonly ModelGraph[];
  readonly layers: ProposedEdit['layers'];
}

/** Every model of the file with the choices made: a line that builds layers of several models changes them all. */
export function predictChoices(
  graphs: readonly ModelGraph[],
  graph: ModelGraph,
  choices: readonly LayerChoice[],
): Predicted | { readonly refused: string } {
  let current = graphs;
  const layers: { model: string; name: string }[] = [];
  for (const { layer: name, action } of choices) {
    const layer = graph.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) return { refused: `there is no layer ${name} in ${graph.name}` };
    const next: ModelGraph[] = [];
    for (const model of current) {
      const targets = model.layers.filter(({ site }) => isSameSite(site, layer.site));
      const result =
        targets.length === 0
          ? { graph: model }
          : changeGraph(model, new Set(targets.map(({ index }) => index)), action satisfies LayerChange);
      if ('refused' in result) return { refused: result.refused };
      next.push(result.graph);
      layers.push(...targets.map((target) => ({ model: model.name, name: target.name })));
    }
    current = next;
  }
  return { graphs: current, layers };
}

function changeOf(
  host: SourceHost,
  graph: ModelGraph,
  predicted: ModelGraph,
  choices: readonly LayerChoice[],
): SourceChange | { readonly refused: string } {
  const placeOf = (file: string): ImportPlace | null => {
    const text = host.read(file);
    if (text === null) return null;
    return { host, file, text, module: file.endsWith('.py') ? parsePython(text) : parseJavascript(text) };
  };
  const edits: TextEdit[] = [];
  const created = new Map<string, string>();
  for (const { layer: name, action } of choices) {
    const layer = graph.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) return { refused: `there is no layer ${name} in ${graph.name}` };
    if (action.kind === 'prune') return { refused: 'a source has no words for pruned weights' };
    if (action.kind === 'channels') {
      if (choices.length > 1) return { refused: 'channels are changed one layer at a time' };
      const result = channelArguments(graph, predicted, placeOf);
      return 'refused' in result ? result : { edits: result.edits, created: [] };
    }
    const place = placeOf(layer.site.file);
    if (place === null) return { refused: `${layer.site.file} cannot be read` };
    const result =
      action.kind === 'bits'
        ? wrapForBits(place, layer.site, action.bits)
        : wrapForRewrite(place, layer.site, action.rewrite);
    if ('refused' in result) return { refused: choices.length > 1 ? `${name}: ${result.refused}` : result.refused };
    edits.push(...result.edits.filter((edit) => !edits.some((other) => isSameEdit(edit, other))));
    if (!needsModule(result.edits)) continue;
    const module = layersModule(place, graph.framework);
    if ('refused' in module) return module;
    for (const { file, text } of module.files) created.set(file, text);
  }
  return { edits: joinImports(edits), created: [...created].map(([file, text]) => ({ file, text })) };
}

/** Imports that would stand line under line become one. */
function joinImports(edits: readonly TextEdit[]): readonly TextEdit[] {
  const joined: TextEdit[] = [];
  for (const edit of edits) {
    const idx = joined.findIndex(
      ({ file, start, end }) => file === edit.file && start === edit.start && end === edit.end,
    );
    const other = joined[idx];
    const [one, two] = [other?.text, edit.text].map((text) =>
      /^(.*import \{? ?)([\w, :]+?)( ?\}.*)?(\r?\n)$/s.exec(text ?? ''),
    );
    if (other === undefined || one?.[1] === undefined || one[1] !== two?.[1]) joined.push(edit);
    else joined[idx] = { ...other, text: `${one[1]}${one[2] ?? ''}, ${two[2] ?? ''}${one[3] ?? ''}${one[4] ?? ''}` };
  }
  return joined;
}

/** Layers that one line builds, and imports, are asked for once. */
function isSameEdit(one: TextEdit, two: TextEdit): boolean {
  return one.file === two.file && one.start === two.start && one.end === two.end && one.text === two.text;
}

/** An edit that only takes something away needs no module. */
function needsModule(edits: readonly TextEdit[]): boolean {
  return edits.some(({ text }) => text !== '');
}

/** Sums over the layers of a model, with the bits that it declares. */
export function sizeOf(graph: ModelGraph): ModelSize {
  const { totals } = costModel(graph, { convFormula: 'published' }).report;
  const bytes = graph.layers.reduce((sum, layer) => sum + (storedBytes(layer) ?? 0), 0);
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
    JSON.stringify([row.op, row.inputShapes, row.outputShape, row.params, row.macs, row.unused, storedBytes(layer)]),
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
