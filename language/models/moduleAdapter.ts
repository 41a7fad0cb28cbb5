/**
 * What building a model from a class needs to know of its framework: PyTorch modules and Keras subclass
 * models are built, fed and named alike, and differ in this record.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Layout, Shape } from '../../core/graph/shape.ts';
import { nodesBetween } from '../frameworks/keras/kerasModel.ts';
import { kerasTensor, kerasTensorOf } from '../frameworks/keras/kerasTensor.ts';
import { tensorOf } from '../frameworks/pytorch/torchTensor.ts';
import type { Recorded, Recorder } from '../frameworks/recorder.ts';
import { recordNode } from '../frameworks/recorder.ts';
import { externalBases, findMember } from '../interpreter/attributes.ts';
import type { Machine } from '../interpreter/machine.ts';
import { foreign } from '../interpreter/values.ts';
import type { ClassValue, Value } from '../interpreter/values.ts';
import { forgottenLayers } from './forgottenLayers.ts';
import { toKerasGraph } from './kerasGraph.ts';
import type { GraphIdentity } from './torchGraph.ts';
import { inputTensor, namedLayers, outputNodes, toModelGraph } from './torchGraph.ts';

export interface ModuleAdapter {
  /** The method that runs a model. */
  readonly runMethod: string;
  /** The base class of models. */
  readonly basePath: string;
  readonly layout: Layout;
  /** Has a method that runs it, of its own or inherited. */
  isRunnable(machine: Machine, cls: ClassValue): boolean;
  tensorOf(value: Value | undefined): Recorded | null;
  inputTensor(machine: Machine, index: number, shape: Shape | null): Value;
  toGraph(options: {
    readonly machine: Machine;
    readonly instance: Value;
    readonly recorder: Recorder;
    readonly inputs: readonly number[];
    readonly result: Value;
    readonly identity: GraphIdentity;
  }): ModelGraph;
}

export const torchAdapter: ModuleAdapter = {
  runMethod: 'forward',
  basePath: 'torch.nn.Module',
  layout: 'channelsFirst',
  isRunnable: (machine, cls) =>
    findMember(cls, 'forward') !== null || externalBases(machine, cls).some(({ typePaths }) => typePaths.length > 1),
  tensorOf,
  inputTensor,
  toGraph({ machine, instance, recorder, inputs, result, identity }) {
    const names = namedLayers(instance, machine.context);
    const ends = { inputs, outputs: outputNodes(result) };
    return toModelGraph(recorder, names, ends, identity, forgottenLayers(instance, machine.context));
  },
};

const kerasAdapter: ModuleAdapter = {
  runMethod: 'call',
  basePath: 'keras.Model',
  layout: 'channelsLast',
  isRunnable: (_machine, cls) => findMember(cls, 'call') !== null,
  tensorOf: kerasTensorOf,
  inputTensor(machine, index, shape) {
    const isPartial = shape === null || shape.includes('?');
    const recorded = recordNode(machine.context, { op: 'input', attributes: { index } }, [], {
      layout: 'channelsLast',
      shape,
      unknown: isPartial ? 'the input shape is not known' : null,
    });
    return foreign(kerasTensor(recorded, false));
  },
  toGraph({ recorder, inputs, result, identity }) {
    const outputs = kerasOutputs(result);
    const ends = { inputs: inputs.map(asEnd), outputs: outputs.map(asEnd) };
    const kept = outputs.length === 0 ? recorder.nodes : nodesBetween(recorder.nodes, ends);
    const { layers, nodes, faults, ids, layout } = toKerasGraph(kept, recorder.faults);
    const idsOf = (list: readonly number[]): number[] => list.flatMap((node) => ids.get(node) ?? []);
    return {
      ...identity,
      framework: 'keras',
      layout,
      layers,
      nodes,
      inputs: idsOf(inputs),
      outputs: idsOf(outputs),
      faults,
    };
  },
};

function asEnd(node: number): Recorded {
  return { node, shape: null, unknown: null };
}

function kerasOutputs(result: Value): number[] {
  const tensor = kerasTensorOf(result);
  if (tensor !== null) return [tensor.node];
  if (result.kind === 'tuple' || result.kind === 'list') return result.items.flatMap(kerasOutputs);
  return result.kind === 'dict' ? [...result.entries.values()].flatMap(({ value }) => kerasOutputs(value)) : [];
}

/** The framework of a class; null: it is no model. */
export function adapterOf(machine: Machine, cls: ClassValue): ModuleAdapter | null {
  const paths = externalBases(machine, cls).flatMap(({ typePaths }) => typePaths);
  if (paths.includes(torchAdapter.basePath)) return torchAdapter;
  return paths.includes(kerasAdapter.basePath) ? kerasAdapter : null;
}

/** Also of a layer class of the user's own: no model by itself, but one where the user says how it is built. */
export function toldAdapterOf(machine: Machine, cls: ClassValue): ModuleAdapter | null {
  const known = adapterOf(machine, cls);
  if (known !== null || !kerasAdapter.isRunnable(machine, cls)) return known;
  const isLayer = externalBases(machine, cls).some(({ typePaths }) => typePaths.includes('keras.layers.Layer'));
  return isLayer ? kerasAdapter : null;
}
