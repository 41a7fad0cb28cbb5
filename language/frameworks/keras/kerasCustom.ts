/**
 * A layer class of the user's own: one row with the weights that it adds (`self.add_weight(...)`) or none, and
 * its runs, while the layers and operators that its `call` uses are rows and nodes of their own. Models are
 * no such layers, and neither is a class without weights that joins other layers.
 */
import type { LayerRun, WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { foreign, list, tuple } from '../../interpreter/values.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeRecord, Recorded } from '../recorder.ts';
import { recordNode, recorderOf } from '../recorder.ts';
import { dimsOf } from './kerasLayer.ts';
import { nextName } from './kerasNames.ts';
import { kerasTensor, kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

interface CustomLayer {
  readonly record: LayerRecord;
  readonly weights: (WeightSpec | null)[];
  readonly runs: LayerRun[];
}

const layers = new WeakMap<InstanceValue, CustomLayer>();

/** Where the base's constructor was reached: the innermost call in the user's source that builds the layer. */
export function noteOrigin(self: InstanceValue, args: CallArguments, context: CallContext): void {
  const type = self.class.name;
  const named = args.keywords.get('name');
  const record: LayerRecord = {
    call: { op: 'elementwise', attributes: { fn: 'layer' } },
    type,
    framework: 'keras',
    site: context.site(),
    stack: context.callers(),
    weights: [],
    unknown: null,
    name: named?.kind === 'string' ? named.value : null,
  };
  layers.set(self, { record, weights: [], runs: [] });
}

/** `add_weight(name=, shape=, trainable=)`; Keras 1 and 2 also took the name or the shape by position. */
export function noteWeight(self: InstanceValue, { positional, keywords }: CallArguments): void {
  const layer = layers.get(self);
  if (layer === undefined) return;
  const shape = keywords.get('shape') ?? positional.find(({ kind }) => kind === 'tuple' || kind === 'list');
  const dims = shape === undefined ? [] : shape.kind === 'unknown' ? ['?' as const] : dimsOf(shape);
  const written = keywords.get('name') ?? positional.find(({ kind }) => kind === 'string');
  const trainable = keywords.get('trainable');
  const isTrainable = !(trainable?.kind === 'bool' && !trainable.value);
  const name = written?.kind === 'string' ? written.value : `weight_${layer.weights.length}`;
  const isKnown = !dims.includes('?');
  layer.weights.push(isKnown ? { name, shape: dims as readonly number[], trainable: isTrainable } : null);
  layer.record.weights = layer.weights.includes(null) ? null : (layer.weights as WeightSpec[]);
}

/**
 * After a run: the node that it gives remembers the layer, so that a model that holds it shows the layer. What
 * gives back its input, or something that could not be followed, gets a node of its own. Returns what the run gives.
 */
export function noteRun(
  self: InstanceValue,
  args: CallArguments,
  result: Value,
  start: number,
  context: CallContext,
): Value {
  const layer = layers.get(self);
  const inputs = kerasTensorsOf(args.positional[0] ?? args.keywords.get('inputs'), context) ?? [];
  if (layer === undefined || inputs.length === 0) return result;
  const { nodes } = recorderOf(context.machine);
  if (layer.weights.length === 0 && isJoining(nodes, start)) return result;
  const items = result.kind === 'tuple' || result.kind === 'list' ? result.items : [result];
  const output = kerasTensorOf(items[0]);
  if (output === null && result.kind !== 'unknown') return result;
  const { record } = layer;
  record.name ??= nextName(record.type, context);
  const node = output === null ? undefined : nodes[output.node];
  if (node !== undefined && start <= node.id) {
    endRun(nodes, node, record, { inputs: inputs.map((input) => input.node), output: node.id, start });
    return result;
  }
  const own =
    output === null
      ? recordNode(context, { op: 'unknown', attributes: { type: record.type } }, inputs, {
          layout: 'channelsLast',
          layer: record,
          shape: null,
          unknown: result.kind === 'unknown' ? result.reason : null,
        })
      : recordNode(context, { op: 'identity', attributes: {} }, [output], { layout: 'channelsLast', layer: record });
  const given = foreign(
    kerasTensor(
      own,
      inputs.some((input) => input.isSymbolic),
    ),
  );
  if (items[0] === result) return given;
  const rest = [given, ...items.slice(1)];
  return result.kind === 'tuple' ? tuple(rest) : list(rest);
}

/** Ran layers of Keras or of the user's own: these are rows themselves. */
function isJoining(nodes: readonly NodeRecord[], start: number): boolean {
  return nodes
    .slice(start)
    .some(({ layer, ends }) => ends !== undefined || (layer !== null && /^[A-Z]/.test(layer.type)));
}

/** Where a model runs again on other tensors: the runs that end at a node end at its copy, too. */
export function copyRuns(
  node: NodeRecord,
  copy: Recorded,
  made: ReadonlyMap<number, Recorded>,
  { machine }: CallContext,
): void {
  const { nodes } = recorderOf(machine);
  const idOf = (id: number): number => made.get(id)?.node ?? -1;
  for (const { layer, run } of node.ends ?? []) {
    const copied = nodes[copy.node];
    const inputs = run.inputs.map(idOf);
    if (copied !== undefined) endRun(nodes, copied, layer, { inputs, output: copy.node, start: idOf(run.start) });
  }
}

/** Marks the last node of a run. */
function endRun(nodes: NodeRecord[], node: NodeRecord, layer: LayerRecord, run: LayerRun): void {
  nodes[node.id] = { ...node, ends: [...(node.ends ?? []), { layer, run }] };
}
