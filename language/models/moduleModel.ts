/**
 * Builds one model class from what is known of its construction and its call, and follows its forward.
 * Runs twice where the first run shows what the input must be. A constructor that raises, a forward that
 * cannot be followed and a missing input shape are faults of the graph, never exceptions.
 */
import type { GraphFault, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Shape } from '../../core/graph/shape.ts';
import { RUN_MEMORY } from '../frameworks/pytorch/moduleCall.ts';
import type { FaultRecord } from '../frameworks/recorder.ts';
import { createRecorder, recorderOf } from '../frameworks/recorder.ts';
import { findMember } from '../interpreter/attributes.ts';
import { RaisedError, callValue } from '../interpreter/calls.ts';
import type { CallArguments } from '../interpreter/library.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import { unknown } from '../interpreter/values.ts';
import type { ClassValue, Value } from '../interpreter/values.ts';
import type { Run } from './evidence.ts';
import { withHeldInputs } from './heldInputs.ts';
import { fittingSize, isUnsizedImage, refusesSizes } from './fittingSize.ts';
import { demandedShape, mergeShapes } from './inputDemand.ts';
import type { GraphIdentity } from './torchGraph.ts';
import { toldAdapterOf, torchAdapter } from './moduleAdapter.ts';
import type { ModuleAdapter } from './moduleAdapter.ts';
import { isShape, shapesIn, toldValue, type ToldInput } from './toldInput.ts';

export interface ModulePlan {
  readonly machine: Machine;
  readonly cls: ClassValue;
  readonly args: CallArguments;
  /** A call of the model that was seen; null: none. */
  readonly run: Run | null;
  /** Given by the user; before anything that was seen. */
  readonly inputs: readonly ToldInput[] | null;
  readonly identity: GraphIdentity;
}

export function buildModule(plan: ModulePlan): ModelGraph {
  const before = recorderOf(plan.machine);
  try {
    return follow(plan);
  } finally {
    plan.machine.extensions.set('graph recorder', before);
  }
}

function follow(plan: ModulePlan): ModelGraph {
  const one = attempt(plan, []);
  const first = nMismatches(one) > 0 ? asSeen(plan, one) : one;
  const improved = first.demands.some((shape, idx) => shape !== null && isBetter(shape, first.shapes[idx] ?? null));
  const best = improved ? attemptDemanded(plan, first) : first;
  return withFittingSize(plan, best) ?? best.graph;
}

/**
 * With what the first operators demand of the inputs. A linear layer demands its width only, and is thought to
 * be given a plain vector: where that leads to a contradiction it was given something else, which is not known.
 */
function attemptDemanded(plan: ModulePlan, first: Attempt): Attempt {
  const isVector = (shape: Shape | null): boolean => shape?.length === 2;
  const all = first.demands;
  const choices = [all, ...(all.some(isVector) ? [all.map((shape) => (isVector(shape) ? null : shape))] : [])];
  for (const demands of choices) {
    const shapes = first.shapes.map((shape, idx) => mergeShapes(shape, demands[idx] ?? null));
    const found = attempt(plan, shapes);
    if (nMismatches(found) <= nMismatches(first)) return found;
  }
  return first;
}

/** What a call gave need not begin with a batch: a volume that was squeezed does not, and fits as it was only. */
function asSeen(plan: ModulePlan, one: Attempt): Attempt {
  const { run } = plan;
  const isOther = (shape: Shape | null): boolean => shape !== null && shape.length > 0 && shape[0] !== 1;
  if (run === null || plan.inputs !== null || !run.shapes.some(isOther)) return one;
  const seen = attempt(plan, run.shapes);
  const batches = new Set(seen.shapes.map((shape) => shape?.[0]));
  const { nodes, outputs } = seen.graph;
  // Where the first size goes through to the end it is a batch after all, and every number is that many times one.
  const isBatch = outputs.some((id) => batches.has(nodes[id]?.shape?.[0]));
  return nMismatches(seen) === 0 && !isBatch ? seen : one;
}

function nMismatches({ graph }: Attempt): number {
  return graph.faults.filter(({ kind }) => kind === 'shapeMismatch').length;
}

/** The graph at the only size that the network takes, where its inputs are images of unknown size. */
function withFittingSize(plan: ModulePlan, { graph, shapes }: Attempt): ModelGraph | null {
  const isOpen = shapes.some(isUnsizedImage) && shapes.every((shape) => shape !== null && fills(shape));
  if (!isOpen || graph.nodes.length > MAX_FITTED_NODES || !refusesSizes(graph)) return null;
  const { machine, identity } = plan;
  let steps = 0;
  let nOpaque = 0;
  const found = fittingSize((size) => {
    if (steps > machine.limits.steps || nOpaque >= MAX_OPAQUE) return null;
    const sized = shapes.map((shape) => (isUnsizedImage(shape) ? [1, shape?.[1] ?? '?', size, size] : shape));
    const result = attemptUntilMismatch(plan, sized) ?? { ...graph, outputs: [] };
    if (result.outputs.some((id) => result.nodes[id]?.shape === null)) nOpaque++;
    steps += machine.limits.steps - machine.steps;
    return result;
  });
  if (found === null) return null;
  const remark = `the only usual size that fits its own layers is ${found.size}×${found.size}`;
  return { ...found.graph, instantiation: `${identity.instantiation ?? `${identity.name}()`}  # ${remark}` };
}

const MAX_FITTED_NODES = 600;
/** After so many sizes that leave an output wholly unknown, the size is not what is missing. */
const MAX_OPAQUE = 3;

function fills(shape: Shape): boolean {
  return isUnsizedImage(shape) || !shape.slice(1).includes('?');
}

function isBetter(wanted: Shape, given: Shape | null): boolean {
  return (
    given === null || (given.length === wanted.length && given.some((dim, axis) => dim === '?' && wanted[axis] !== '?'))
  );
}

/** Null where shapes contradict each other: then the rest needs not be followed. */
function attemptUntilMismatch(plan: ModulePlan, demanded: readonly (Shape | null)[]): ModelGraph | null {
  const { journal } = plan.machine;
  const nForks = journal.nForks;
  try {
    return attempt(plan, demanded, { ...createRecorder(), faults: new RefusedFaults() }).graph;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    while (journal.nForks > nForks) journal.end();
    return null;
  }
}

class Mismatch extends Error {}

class RefusedFaults extends Array<FaultRecord> {
  override push(...faults: FaultRecord[]): number {
    if (faults.some(({ kind }) => kind === 'shapeMismatch')) throw new Mismatch();
    return super.push(...faults);
  }
}

interface Attempt {
  readonly graph: ModelGraph;
  readonly shapes: readonly (Shape | null)[];
  readonly demands: readonly (Shape | null)[];
}

function attempt(plan: ModulePlan, demanded: readonly (Shape | null)[], recorder = createRecorder()): Attempt {
  const { machine, cls, identity } = plan;
  const adapter = toldAdapterOf(machine, cls) ?? torchAdapter;
  machine.extensions.set('graph recorder', recorder);
  machine.extensions.delete(RUN_MEMORY);
  machine.steps = machine.limits.steps;
  machine.doubt = null;
  machine.side = null;
  machine.callSites.length = 0;
  machine.depth = 0;
  const faults: GraphFault[] = [];
  const fault = (kind: GraphFault['kind'], message: string): void => {
    const site = cls.unit.lines.siteOf(cls.unit.path, { start: cls.definition.start, end: cls.definition.start });
    faults.push({ kind, message, site, layer: null });
  };
  let instance: Value = unknown('the model was not built');
  const shapes: (Shape | null)[] = [];
  let inputNodes: number[] = [];
  let result: Value = unknown('the model was not run');
  try {
    instance = callValue(machine, cls, plan.args);
    const prepared = prepareInputs(plan, adapter, demanded, shapes);
    inputNodes = prepared.nodes;
    result = callValue(machine, instance, prepared.args);
  } catch (error) {
    if (error instanceof RaisedError) {
      const isBuilt = instance.kind !== 'unknown';
      fault(isBuilt ? 'notFollowed' : 'cannotConstruct', `${cls.name} raises ${error.message}`);
    } else if (isExhausted(error)) fault('notFollowed', `${cls.name} is too large to follow`);
    else throw error;
  }
  if (result.kind === 'unknown') fault('notFollowed', `${adapter.runMethod} of ${cls.name}: ${result.reason}`);
  const demands = inputNodes.map((node) => demandedShape(recorderOf(machine), node, adapter.layout));
  const graph = adapter.toGraph({ machine, instance, recorder, inputs: inputNodes, result, identity });
  shapes.forEach((shape, idx) => {
    if (shape !== null && !shape.slice(1).includes('?')) return;
    fault('unknownInput', `the shape of input ${idx + 1} of ${cls.name} is not known`);
  });
  return { graph: { ...graph, faults: [...graph.faults, ...faults] }, shapes, demands };
}

function prepareInputs(
  plan: ModulePlan,
  adapter: ModuleAdapter,
  demanded: readonly (Shape | null)[],
  shapes: (Shape | null)[],
): { args: CallArguments; nodes: number[] } {
  const { machine, run, inputs } = plan;
  const nodes: number[] = [];
  const told = inputs === null ? null : shapesIn(inputs);
  const makeInput = (seen: Shape | null): Value => {
    const index = shapes.length;
    const shape = told?.[index] ?? demanded[index] ?? seen;
    shapes.push(shape);
    const value = adapter.inputTensor(machine, index, shape);
    const node = adapter.tensorOf(value)?.node;
    if (node !== undefined) nodes.push(node);
    return value;
  };
  if (inputs !== null && !inputs.every(isShape)) {
    const positional = inputs.map((input) => toldValue(input, () => makeInput(null)));
    return { args: { ...noArguments(), positional }, nodes };
  }
  const isEnough = inputs !== null && inputs.length >= requiredInputs(plan.cls, adapter);
  if (run !== null && !isEnough && (inputs === null || run.shapes.length >= inputs.length)) {
    const isInput = (value: Value): boolean => adapter.tensorOf(value) !== null || value.kind === 'unknown';
    const held = (value: Value): Value => withHeldInputs(value, adapter, makeInput);
    const positional = run.args.positional.map((value, idx) =>
      isInput(value) ? makeInput(withBatchOne(run.shapes[idx] ?? null)) : held(value),
    );
    const keywords = new Map(
      [...run.args.keywords].map(([name, value]) => {
        const tensor = adapter.tensorOf(value);
        return [name, tensor === null ? held(value) : makeInput(withBatchOne(tensor.shape))] as const;
      }),
    );
    return { args: { positional, keywords, open: run.args.open }, nodes };
  }
  const count = inputs?.length ?? requiredInputs(plan.cls, adapter);
  const positional = Array.from({ length: count }, () => makeInput(null));
  return { args: { ...noArguments(), positional }, nodes };
}

/** Parameters of `forward` that must be given. */
function requiredInputs(cls: ClassValue, adapter: ModuleAdapter): number {
  const forward = findMember(cls, adapter.runMethod)?.value;
  if (forward?.kind !== 'function') return 1;
  const own = forward.definition.parameters.slice(1);
  return own.filter(({ kind, defaultValue }) => kind === 'positional' && defaultValue === null).length;
}

export function withBatchOne(shape: Shape | null): Shape | null {
  return shape === null || shape.length === 0 ? shape : [1, ...shape.slice(1)];
}
