/**
 * A layer class of the user's own that adds weights (`self.add_weight(...)`): one row with these weights and
 * its runs, while the layers and operators that its `call` uses are rows and nodes of their own. Models are
 * no such layers, and neither is a class that only joins other layers.
 */
import type { LayerRun, WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeRecord, Recorded } from '../recorder.ts';
import { recorderOf } from '../recorder.ts';
import { dimsOf } from './kerasLayer.ts';
import { nextName } from './kerasNames.ts';
import { kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

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

/** After a run: the node that it gives remembers the layer, so that a model that holds it shows the layer. */
export function noteRun(
  self: InstanceValue,
  args: CallArguments,
  result: Value,
  start: number,
  context: CallContext,
): void {
  const layer = layers.get(self);
  if (layer === undefined || layer.weights.length === 0) return;
  const { nodes } = recorderOf(context.machine);
  const inputs = kerasTensorsOf(args.positional[0] ?? args.keywords.get('inputs'), context) ?? [];
  const output = kerasTensorOf(result) ?? kerasTensorOf(result.kind === 'tuple' ? result.items[0] : undefined);
  const node = output === null ? undefined : nodes[output.node];
  if (node === undefined || node.id < start) return;
  layer.record.name ??= nextName(layer.record.type, context);
  endRun(nodes, node, layer.record, { inputs: inputs.map((input) => input.node), output: node.id, start });
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
