/**
 * Records what a model runs while its source is followed: every operator with its inputs, shape and place,
 * every layer where it is built. `buildModelGraph` then turns the part between inputs and outputs into a
 * ModelGraph. Invariants: a node's inputs have smaller ids; a shape that cannot be known is null or holds
 * `'?'`, and then `unknown` says why.
 */
import { inferShape } from '../../core/shape/inferShape.ts';
import { weightSpecs } from '../../core/cost/weightSpecs.ts';
import type { WeightBits } from '../../core/cost/weightBits.ts';
import type { Framework, GraphFault, LayerRun, Site, WeightSpec } from '../../core/graph/modelGraph.ts';
import type { OpCall } from '../../core/graph/ops.ts';
import type { Layout, Shape } from '../../core/graph/shape.ts';
import type { CallContext } from '../interpreter/library.ts';
import { step, type Machine, type Side } from '../interpreter/machine.ts';

/** What a layer takes of the interpreter's budget: about as long as this many steps, and far more memory. */
const STEPS_OF_A_LAYER = 20;

/** A layer of the source, before it has a name. */
export interface LayerRecord {
  /** Changes once where a layer learns its sizes from its first input (Keras, lazy layers). */
  call: OpCall;
  readonly type: string;
  readonly framework: Framework;
  readonly site: Site;
  readonly stack: readonly { readonly file: string; readonly line: number }[];
  weights: readonly WeightSpec[] | null;
  unknown: string | null;
  /** The name that the source or the framework gives it; null where its place in the model names it. */
  name: string | null;
  /** Runs of a module that is made of operators of its own. */
  runs?: LayerRun[];
  /** Bits per kernel weight that the source declares. */
  bits?: WeightBits;
  /** What its arguments say that it is given: Keras' `input_shape=`. */
  declared?: Shape;
}

export interface NodeRecord {
  readonly call: OpCall;
  readonly id: number;
  readonly layer: LayerRecord | null;
  readonly inputs: readonly number[];
  readonly shape: Shape | null;
  readonly unknown: string | null;
  readonly site: Site | null;
  readonly layout: Layout;
  /** The same run of its layer stands under the other side of a condition: only one of them will happen. */
  readonly isAlternative?: true;
  /** Runs that it is the last node of, of layers made of operators of their own. */
  readonly ends?: readonly { readonly layer: LayerRecord; readonly run: LayerRun }[];
}

export interface FaultRecord {
  readonly kind: GraphFault['kind'];
  readonly message: string;
  readonly site: Site;
  readonly layer: LayerRecord | null;
}

export interface Recorder {
  readonly nodes: NodeRecord[];
  readonly layers: LayerRecord[];
  readonly faults: FaultRecord[];
  /** Runs of layers under first sides of conditions, and how many of them the second side repeated. */
  readonly firstSides: Map<LayerRecord, { readonly pair: object; readonly shape: string; isRepeated: boolean }[]>;
}

/** What the recorder needs to know of a tensor. */
export interface Recorded {
  readonly node: number;
  readonly shape: Shape | null;
  readonly unknown: string | null;
}

const KEY = 'graph recorder';
const MAX_NODES = 60_000;

export function createRecorder(): Recorder {
  return { nodes: [], layers: [], faults: [], firstSides: new Map() };
}

export function recorderOf(machine: Machine): Recorder {
  const known = machine.extensions.get(KEY) as Recorder | undefined;
  if (known !== undefined) return known;
  const made = createRecorder();
  machine.extensions.set(KEY, made);
  return made;
}

export function recordLayer(
  context: CallContext,
  framework: Framework,
  type: string,
  call: OpCall,
  unknown: string | null = null,
): LayerRecord {
  step(context.machine, STEPS_OF_A_LAYER);
  const layer: LayerRecord = {
    call,
    type,
    framework,
    site: context.site(),
    stack: context.callers(),
    weights: weightSpecs(call, framework, type),
    unknown: unknown ?? context.machine.doubt,
    name: null,
  };
  recorderOf(context.machine).layers.push(layer);
  return layer;
}

export interface NodeOptions {
  readonly layer?: LayerRecord | null;
  readonly layout: Layout;
  /** The output's shape where it does not follow from the operator. */
  readonly shape?: Shape | null;
  readonly unknown?: string | null;
}

/** A layer of known input channels says how many its input has, where nothing else did. */
function fillChannels(recorder: Recorder, call: OpCall, input: Recorded | undefined, layout: Layout): void {
  const node = input === undefined ? undefined : recorder.nodes[input.node];
  if (node?.shape?.includes('?') !== true) return;
  const { attributes } = call;
  const isDense = 'inFeatures' in attributes && call.op === 'dense';
  const wanted = isDense ? attributes.inFeatures : 'inChannels' in attributes ? attributes.inChannels : null;
  const axis = isDense || layout === 'channelsLast' ? node.shape.length - 1 : 1;
  if (typeof wanted !== 'number' || node.shape[axis] !== '?' || node.shape.length < 2) return;
  const shape = node.shape.map((dim, at) => (at === axis ? wanted : dim));
  recorder.nodes[node.id] = { ...node, shape, unknown: shape.includes('?') ? node.unknown : null };
}

export function recordNode(
  context: CallContext,
  call: OpCall,
  inputs: readonly Recorded[],
  options: NodeOptions,
): Recorded {
  const recorder = recorderOf(context.machine);
  const site = context.site();
  fillChannels(recorder, call, inputs[0], options.layout);
  let shape: Shape | null;
  let unknown: string | null = options.unknown ?? null;
  if (options.shape !== undefined) {
    shape = options.shape;
  } else {
    const shapes = inputs.map((input) => input.shape);
    const result = inferShape(call, shapes, options.layout);
    shape = result.kind === 'shape' ? result.shape : null;
    if (result.kind === 'unknown') unknown ??= result.reason;
    if (result.kind === 'mismatch') {
      unknown ??= result.message;
      // What may not run at all, or with other tensors, is no mistake of the source.
      if (context.machine.doubt === null)
        recorder.faults.push({ kind: 'shapeMismatch', message: result.message, site, layer: options.layer ?? null });
    }
  }
  const isPartial = shape === null || shape.includes('?');
  if (isPartial) unknown ??= inputs.find((input) => input.unknown !== null)?.unknown ?? null;
  if (recorder.nodes.length >= MAX_NODES) return { node: -1, shape, unknown: unknown ?? 'the model is too large' };
  const id = recorder.nodes.length;
  recorder.nodes.push({
    call,
    id,
    layer: options.layer ?? null,
    inputs: inputs.map((input) => input.node).filter((node) => 0 <= node),
    shape,
    unknown: unknown ?? context.machine.doubt,
    site,
    layout: options.layout,
    ...(options.layer != null && isRepeated(recorder, options.layer, shape, context.machine.side)
      ? { isAlternative: true as const }
      : {}),
  });
  return { node: id, shape, unknown };
}

/** Whether the first side of the same condition ran the layer with the same result; notes runs of first sides. */
function isRepeated(recorder: Recorder, layer: LayerRecord, shape: Shape | null, innermost: Side | null): boolean {
  if (innermost === null) return false;
  const runs = recorder.firstSides.get(layer) ?? [];
  recorder.firstSides.set(layer, runs);
  const text = String(shape);
  for (let side: Side | null = innermost; side !== null; side = side.outer) {
    const { pair, isSecond } = side;
    const twin = runs.find((run) => isSecond && run.pair === pair && run.shape === text && !run.isRepeated);
    if (twin !== undefined) {
      twin.isRepeated = true;
      return true;
    }
    if (!isSecond) runs.push({ pair, shape: text, isRepeated: false });
  }
  return false;
}

const SPATIAL = /^(separable_)?conv|^(max|avg)_pool$|^global_|^upsample$/;

/** Where channels stand in a model whose layers each say it for themselves: first only if all say so. */
export function layoutOf(nodes: readonly NodeRecord[]): Layout {
  const spatial = nodes.filter(({ call, layer }) => layer !== null && SPATIAL.test(call.op));
  const isFirst = spatial.length > 0 && spatial.every(({ layout }) => layout === 'channelsFirst');
  return isFirst ? 'channelsFirst' : 'channelsLast';
}

/** The layout of one operator, where it is not the model's. */
export function ownLayout({ call, layout }: NodeRecord, model: Layout): { readonly layout?: Layout } {
  return layout === model || !SPATIAL.test(call.op) ? {} : { layout };
}
