/**
 * `Sequential`: its layers may come as a list, by `add`, by `pop`, and are run one after another when it is
 * first asked for its ends. Without a declared input the first call, `build` or training data says it.
 * Running its layers takes steps of the machine; where none are left its ends are not known.
 */
import type { Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, builtin, foreign, unknown } from '../../interpreter/values.ts';
import type { ListValue, Value } from '../../interpreter/values.ts';
import type { LayerRecord } from '../recorder.ts';
import { recordLayer, recordNode, recorderOf } from '../recorder.ts';
import { TRAINING, builtShape, fedShape } from './kerasFeed.ts';
import { isKerasLayer } from './kerasLayer.ts';
import type { KerasEnds, KerasModel } from './kerasModel.ts';
import { baseModel, callModel, inputTensor, isKerasModel, kerasModels, modelAttribute } from './kerasModel.ts';
import { nextName } from './kerasNames.ts';
import type { KerasTensor } from './kerasTensor.ts';
import { kerasTensor, kerasTensorOf } from './kerasTensor.ts';

export function sequentialModel(args: CallArguments, context: CallContext): KerasModel {
  const given = args.positional[0] ?? args.keywords.get('layers');
  const named = args.positional[1] ?? args.keywords.get('name');
  const initial = given === undefined || given.kind === 'none' ? [] : context.iterate(given);
  const items: ListValue = {
    kind: 'list',
    items: [...(initial ?? [])],
    unknown: initial === null ? 'its layers are not known' : null,
  };
  const first = items.items[0];
  const name = named?.kind === 'string' ? named.value : nextName('Sequential', context);
  const doubtWhenMade = context.machine.doubt;
  const recorder = recorderOf(context.machine);
  let inputSite: LayerRecord | null = null;
  let declared: Shape | null = null;
  let built: { readonly count: number; readonly ends: KerasEnds | null } | null = null;
  /** Keras makes the input layer where the first layer is added. */
  const noteInput = (layer: Value | undefined): void => {
    if (inputSite !== null || declared !== null || layer === undefined) return;
    const shape = declaredShape(layer);
    if (shape === null) return;
    declared = shape;
    if (kerasTensorOf(layer) !== null || layer.kind !== 'foreign') return;
    if (isInputLayer(layer.object)) return;
    inputSite = recordLayer(context, 'keras', 'InputLayer', { op: 'input', attributes: { index: 0 } });
    inputSite.name = nextName('InputLayer', context);
  };
  noteInput(first);
  const model: KerasModel = {
    ...baseModel(context, 'Sequential', name),
    ends(at) {
      if (items.unknown !== null || items.items.length === 0) return null;
      if (built?.count === items.items.length) return built.ends;
      // Its layers are what they are, whatever is unknown where it is first asked for.
      const doubt = at.machine.doubt;
      const asking = recorderOf(at.machine);
      at.machine.doubt = doubtWhenMade;
      at.machine.extensions.set('graph recorder', recorder);
      try {
        const input = startOf(items.items[0], declared, inputSite, at);
        const rest = isInputValue(items.items[0]) ? items.items.slice(1) : items.items;
        const output = input === null ? null : runAll(rest, input, at);
        const ends = input === null || output === null ? null : { recorder, inputs: [input], outputs: [output] };
        built = { count: items.items.length, ends };
        return ends;
      } finally {
        at.machine.doubt = doubt;
        at.machine.extensions.set('graph recorder', asking);
      }
    },
    call(callArgs, at) {
      // Without a declared shape, the first call is what builds it.
      const given = kerasTensorOf(callArgs.positional[0])?.shape ?? null;
      if (declared === null && given !== null && given.length > 0) [declared, built] = [[1, ...given.slice(1)], null];
      return callModel(model, callArgs, at);
    },
    attribute(key, at) {
      if (key === 'add') {
        return builtin(key, (added) => {
          const layer = added.positional[0] ?? added.keywords.get('layer');
          if (layer !== undefined) {
            if (items.items.length === 0) noteInput(layer);
            at.journal.itemsOf(items).push(layer);
          }
          return NONE;
        });
      }
      if (key === 'pop') return builtin(key, () => at.journal.itemsOf(items).pop() ?? NONE);
      if (key === 'layers') return items;
      // A model without an input of its own is built by the first data that it gets.
      if (key === 'build' || TRAINING.has(key)) {
        return builtin(key, (fed, where) => {
          const shape = key === 'build' ? builtShape(fed) : fedShape(fed, where);
          if (declared === null && shape !== null) [declared, built] = [shape, null];
          return key.startsWith('predict') ? unknown('what a model predicts') : NONE;
        });
      }
      return modelAttribute(model, key, at);
    },
    setAttribute: () => true,
  };
  kerasModels(context.machine).push(model);
  return model;
}

function isInputLayer(object: ForeignObject): boolean {
  return object.typeName === 'InputLayer';
}

function isInputValue(value: Value | undefined): boolean {
  return kerasTensorOf(value) !== null || (value?.kind === 'foreign' && isInputLayer(value.object));
}

function declaredShape(value: Value): Shape | null {
  const tensor = kerasTensorOf(value);
  if (tensor !== null) return tensor.shape;
  if (value.kind !== 'foreign') return null;
  if (isKerasLayer(value.object)) return value.object.declaredInput;
  return null;
}

function startOf(
  first: Value | undefined,
  declared: Shape | null,
  inputLayer: LayerRecord | null,
  context: CallContext,
): KerasTensor | null {
  const tensor = kerasTensorOf(first);
  if (tensor !== null) return tensor;
  if (first?.kind === 'foreign' && isKerasModel(first.object)) {
    const inner = first.object.ends(context)?.inputs[0];
    if (inner !== undefined && declared === null) return inputTensor(inner.shape, context);
  }
  if (inputLayer !== null) {
    const recorded = recordNode(context, inputLayer.call, [], {
      layout: 'channelsLast',
      layer: inputLayer,
      shape: declared,
    });
    return kerasTensor(recorded, true);
  }
  if (first?.kind === 'foreign' && isInputLayer(first.object) && isKerasLayer(first.object)) {
    return inputTensor(first.object.declaredInput, context, first.object.record.name);
  }
  const recorded = recordNode(context, { op: 'input', attributes: { index: 0 } }, [], {
    layout: 'channelsLast',
    shape: declared,
    unknown: 'the input shape is not given',
  });
  return kerasTensor(recorded, true);
}

function runAll(items: readonly Value[], input: KerasTensor, context: CallContext): KerasTensor | null {
  let current: KerasTensor = input;
  for (const item of items) {
    const result = kerasTensorOf(
      context.call(item, { positional: [foreign(current)], keywords: new Map(), open: null }),
    );
    if (result === null) return null;
    current = result;
  }
  return current;
}
