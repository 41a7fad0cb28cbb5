/**
 * The edit of the source that carries out choices about layers. It is proposed only if it is right: the change is
 * predicted on the graph, made in a copy of the text, the copy analysed again, and every model of the file must
 * come out exactly as predicted (operators, shapes, weights, MACs, bytes, in order). Anything else is refused with
 * a reason, so that an edit is never silently wrong. Several choices, also about several models, are one edit.
 */
import { storedBytes } from '../../core/cost/storedBytes.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { changeGraph } from '../../core/rewrite/changeGraph.ts';
import { formatPercent } from '../../core/format/numbers.ts';
import { analyzeFile, type AnalyzeOptions, type FileAnalysis } from '../analyze.ts';
import { costModel } from '../report/buildReport.ts';
import type { SourceHost } from '../sourceHost.ts';
import { changeSources, type ModelChange } from './changeSources.ts';
import type { ModelSize, Proposal, ProposedEdit } from './layerAction.ts';
import { isAbout, orderChoices, placeChoices, siteKey, type LayerChoice, type PlacedChoice } from './orderChoices.ts';
import { withChange } from './textEdit.ts';

export interface EditRequest {
  readonly host: SourceHost;
  /** The file whose models are looked at; the layers themselves may be built in other ones. */
  readonly file: string;
  readonly model: string;
  readonly options?: AnalyzeOptions;
}

export function proposeEdit(request: EditRequest, choices: readonly LayerChoice[]): Proposal {
  const before = analyzeFile(request.host, request.file, request.options);
  return proposeIn(request, before, choices);
}

/** The same for an analysis that is there already. */
export function proposeIn(request: EditRequest, before: FileAnalysis, choices: readonly LayerChoice[]): Proposal {
  const { host, ...target } = request;
  return proposeTogether(host, [{ ...target, before, choices }]);
}

/** One model and what is chosen for it. */
export interface EditTarget extends Omit<EditRequest, 'host'> {
  readonly before: FileAnalysis;
  readonly choices: readonly LayerChoice[];
}

/** One edit for all targets; sizes are those of the first. */
export function proposeTogether(host: SourceHost, targets: readonly EditTarget[]): Proposal {
  const models: (EditTarget & { readonly graph: ModelGraph })[] = [];
  const placed: PlacedChoice[] = [];
  for (const target of targets) {
    const graph = target.before.graphs.find(({ name }) => name === target.model);
    if (graph === undefined) return { refused: `there is no model ${target.model} in ${target.file}` };
    const own = placeChoices(graph, target.choices);
    if ('refused' in own) return own;
    models.push({ ...target, graph });
    placed.push(...own);
  }
  const ordered = orderChoices(placed);
  const leftOut = ordered.flatMap(whyLeftOut);
  const written = ordered.filter((choice) => whyLeftOut(choice).length === 0);
  if (written.length === 0 && leftOut.length > 0) return { refused: leftOut.join('; ') };
  const widths = written.filter(({ action }) => action.kind === 'channels');

  const predictions: (readonly ModelGraph[])[] = [];
  const changes: ModelChange[] = [];
  const layers: ProposedEdit['layers'][number][] = [];
  for (const { before, graph } of models) {
    const narrowed = carryOut(before.graphs, widths);
    const predicted = carryOut(before.graphs, written);
    if ('refused' in narrowed) return named(narrowed);
    if ('refused' in predicted) return named(predicted);
    predictions.push(predicted.graphs);
    layers.push(...predicted.layers);
    const index = before.graphs.indexOf(graph);
    const sites = new Set(graph.layers.map(({ site }) => siteKey(site)));
    const choices = written.filter(({ site }) => sites.has(siteKey(site)));
    changes.push({ before: graph, narrowed: narrowed.graphs[index] ?? graph, choices });
  }
  const change = changeSources(host, changes);
  if ('refused' in change) return change;
  const edited = withChange(host, change);
  for (const [idx, { file, options }] of models.entries()) {
    const difference = firstDifference(predictions[idx] ?? [], analyzeFile(edited, file, options).graphs);
    if (difference !== null) return { refused: `the edited source would not be what was meant: ${difference}` };
  }
  const sizes = models.map(({ graph, before }, idx) => {
    const after = predictions[idx]?.[before.graphs.indexOf(graph)] ?? graph;
    return { model: graph.name, before: sizeOf(graph), after: sizeOf(after) };
  });
  const [first] = sizes;
  if (first === undefined) return { refused: 'nothing was chosen' };
  const { before, after } = first;
  const changed = withoutTwins(layers);
  const isNamed = ({ model, name }: ProposedEdit['layers'][number]): boolean =>
    targets.some((target) => target.model === model && target.choices.some(({ layer }) => layer === name));
  const alongside = changed.filter((layer) => !isNamed(layer));
  return { edit: { change, layers: changed, alongside, before, after, sizes, leftOut } };

  /** Which of several choices was refused. */
  function named({ refused, layer }: { readonly refused: string; readonly layer: string }): Proposal {
    return { refused: written.length > 1 ? `${layer}: ${refused}` : refused };
  }
}

/** What only a plan can say; empty: a source can say it. */
function whyLeftOut({ layer, action }: PlacedChoice): string[] {
  if (action.kind !== 'prune') return [];
  const share = formatPercent(action.share);
  return [`pruning ${share} of the weights of ${layer} is for a plan: a source has no words for it`];
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
  const placed = placeChoices(graph, choices);
  return 'refused' in placed ? placed : carryOut(graphs, orderChoices(placed));
}

function carryOut(
  graphs: readonly ModelGraph[],
  ordered: readonly PlacedChoice[],
): Predicted | { readonly refused: string; readonly layer: string } {
  let current = graphs;
  const layers: { model: string; name: string }[] = [];
  for (const choice of ordered) {
    const { action, layer } = choice;
    const next: ModelGraph[] = [];
    for (const model of current) {
      const targets = model.layers.filter((candidate) => isAbout(choice, candidate));
      const result =
        targets.length === 0
          ? { graph: model }
          : changeGraph(model, new Set(targets.map(({ index }) => index)), action);
      if ('refused' in result) return { refused: result.refused, layer };
      next.push(result.graph);
      layers.push(...targets.map((target) => ({ model: model.name, name: target.name })));
    }
    current = next;
  }
  return { graphs: current, layers };
}

function withoutTwins(layers: ProposedEdit['layers']): ProposedEdit['layers'] {
  return [...new Map(layers.map((layer) => [`${layer.model}\n${layer.name}`, layer])).values()];
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
