/**
 * A user's module without submodules that owns weights (an equalized linear layer, a subclass of
 * `nn.Conv2d` with its own forward) is one layer to its author: one row with its weights and its runs,
 * while the operators inside stay nodes. Where exactly one of them is a convolution or a matrix product
 * that spans the whole module, the row is of that kind and has its costs. A module with submodules is such a
 * layer, too, where its own forward convolves with its own weights (the modulated convolution of StyleGAN 2).
 */
import { countMacs } from '../../../core/cost/countMacs.ts';
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { InstanceValue, Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeRecord, Recorder } from '../recorder.ts';
import { recordNode, recorderOf } from '../recorder.ts';
import { isLayerObject } from './layers.ts';
import { childrenOf, isModuleObject } from './torchModule.ts';
import type { TensorObject } from './torchTensor.ts';
import { isTensor, tensorOf } from './torchTensor.ts';

const RECORDS = 'torch leaf modules';

interface Origin {
  readonly site: LayerRecord['site'];
  readonly stack: LayerRecord['stack'];
}

function originsOf(context: CallContext): WeakMap<InstanceValue, Origin> {
  const known = context.machine.extensions.get(RECORDS) as WeakMap<InstanceValue, Origin> | undefined;
  if (known !== undefined) return known;
  const made = new WeakMap<InstanceValue, Origin>();
  context.machine.extensions.set(RECORDS, made);
  return made;
}

const layers = new WeakMap<InstanceValue, LayerRecord>();

/** Where `nn.Module.__init__` was reached: the innermost call in the user's source that builds the module. */
export function noteOrigin(self: InstanceValue, context: CallContext): void {
  originsOf(context).set(self, { site: context.site(), stack: context.callers() });
}

/** The row of a leaf module with weights of its own; null: it is none. */
export function leafLayer(self: InstanceValue, context: CallContext): LayerRecord | null {
  const known = layers.get(self);
  if (known !== undefined) return known;
  if (isModuleObject(self.foreign) && isLayerObject(self.foreign)) return self.foreign.record;
  return childrenOf(self, context).length > 0 ? null : makeLayer(self, context);
}

function makeLayer(self: InstanceValue, context: CallContext): LayerRecord | null {
  const origin = originsOf(context).get(self);
  const weights = ownWeights(self);
  if (origin === undefined || weights.length === 0) return null;
  const record: LayerRecord = {
    ...origin,
    call: { op: 'unknown', attributes: { type: self.class.name } },
    type: self.class.name,
    framework: 'pytorch',
    weights: weights.every((spec) => spec !== null) ? (weights as WeightSpec[]) : null,
    unknown: null,
    name: null,
  };
  layers.set(self, record);
  return record;
}

/** Its parameters; null for one whose size is not known. */
function ownWeights(self: InstanceValue): (WeightSpec | null)[] {
  const specs: (WeightSpec | null)[] = [];
  for (const [name, value] of self.attributes) {
    if (value.kind !== 'foreign' || value.object.typeName !== 'Parameter' || !isTensor(value.object)) continue;
    const call = value.object.weightOf?.call;
    specs.push(
      call?.op === 'parameter' ? { name, shape: call.attributes.shape, trainable: call.attributes.trainable } : null,
    );
  }
  return specs;
}

/** After a run of a module: notes the run where the module is a leaf that did its work in operators. */
export function noteRun(
  self: InstanceValue,
  args: CallArguments,
  result: Value,
  start: number,
  context: CallContext,
): void {
  const recorder = recorderOf(context.machine);
  const { nodes } = recorder;
  const called = callsWithin(recorder, start);
  const leaf = leafLayer(self, context);
  const own = leaf === null && ownWeights(self).length > 0 ? ownNodes(nodes, start, called) : [];
  const layer = leaf ?? (own.some(isWeighted) ? makeLayer(self, context) : null);
  if (layer === null) return;
  const inside = nodes.slice(start);
  if (inside.some((node) => node.layer === layer)) return;
  const inputs = args.positional.map(tensorOf).filter((tensor): tensor is TensorObject => tensor !== null);
  const output = tensorOf(result) ?? tensorOf(result.kind === 'tuple' ? result.items[0] : undefined);
  if (output === null || output.node < 0) {
    // It ran, and what it gave is not known.
    const reason = result.kind === 'unknown' ? result.reason : `what ${layer.type} gives is not known`;
    recordNode(context, layer.call, inputs, { layout: 'channelsFirst', layer, shape: null, unknown: reason });
    return;
  }
  const runs = (layer.runs ??= []);
  runs.push({ inputs: inputs.map(({ node }) => node), output: output.node, start });
  if (layer.call.op !== 'unknown' || runs.length > 1) return;
  layer.call =
    wholeCall(leaf === null ? own : inside, inputs, output) ??
    (leaf === null ? counted(layer, own, nodes) : layer.call);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const ranges = new WeakMap<Recorder, Range[]>();

/** The nodes of modules that the module which began at `start`, and now ends, has called itself. */
function callsWithin(recorder: Recorder, start: number): readonly Range[] {
  const known = ranges.get(recorder) ?? [];
  ranges.set(recorder, known);
  let first = known.length;
  while (first > 0 && (known[first - 1]?.start ?? -1) >= start) first--;
  const called = known.splice(first);
  known.push({ start, end: recorder.nodes.length });
  return called;
}

/** The operators that a module's forward runs itself. */
function ownNodes(nodes: readonly NodeRecord[], start: number, called: readonly Range[]): readonly NodeRecord[] {
  const own: NodeRecord[] = [];
  let from = start;
  for (const range of [...called, { start: nodes.length, end: nodes.length }]) {
    own.push(...nodes.slice(from, range.start).filter(({ layer }) => layer === null));
    from = Math.max(from, range.end);
  }
  return own;
}

function isWeighted({ call }: NodeRecord): boolean {
  return /^(conv|dense)/.test(call.op);
}

/** Unlike any one operator, at the cost of all inside. */
function counted({ type }: LayerRecord, own: readonly NodeRecord[], nodes: readonly NodeRecord[]): OpCall {
  let macs: number | null = 0;
  for (const { call, inputs, shape, layout } of own) {
    const count = countMacs(
      call,
      inputs.map((id) => nodes[id]?.shape ?? null),
      shape,
      layout,
    );
    macs = macs === null || count === null ? null : macs + count;
  }
  return { op: 'unknown', attributes: { type, ...(macs === null ? {} : { macs }) } };
}

/** The one costly operator inside, where it takes and gives the shapes of the module itself. */
function wholeCall(
  inside: readonly NodeRecord[],
  inputs: readonly TensorObject[],
  output: TensorObject,
): OpCall | null {
  const costly = inside.filter(({ call }) =>
    /^(conv|dense|matmul|separable|recurrent|attention|embedding)/.test(call.op),
  );
  const [only] = costly;
  if (only === undefined) return { op: 'elementwise', attributes: { fn: 'module' } };
  if (costly.length > 1 || only.call.op === 'matmul') return null;
  const isSame = String(only.shape) === String(output.shape) && only.shape !== null;
  const taken = inputs[0]?.shape ?? null;
  const given = only.inputs[0] === undefined ? null : (inside.find(({ id }) => id === only.inputs[0])?.shape ?? taken);
  return isSame && String(given) === String(taken) ? only.call : null;
}
