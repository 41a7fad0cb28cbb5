/**
 * How the layers of a functional Keras model are connected: `[[["conv2d", 0, 0, {}]]]` in Keras 2 and TF.js,
 * tensors with their history in Keras 3. A layer that is called twice has two calls. Tensors are named by
 * layer, call and position.
 */
import type { JsonValue } from '../../../core/json/strictJson.ts';
import { fault, quote } from '../modelFault.ts';
import type { DataNode } from '../orderByData.ts';
import { asList, asMap, asText, type JsonMap } from './json.ts';

export interface LayerCall extends DataNode {
  readonly inputs: readonly string[];
  /** Names of its first outputs; which of them are read, nobody says here. */
  readonly outputs: readonly string[];
}

const maxOutputs = 8;
const maxHistories = 10_000;

/** `firstCall` is 1 for a model inside of another, whose own run Keras counts as its first. */
export function inboundCalls(name: string, layer: JsonMap, firstCall = 0): readonly LayerCall[] {
  const type = asText(layer.get('class_name')) ?? '';
  const nodes = asList(layer.get('inbound_nodes')) ?? [];
  const outputs = (call: number): string[] =>
    Array.from({ length: maxOutputs }, (_unused, position) => tensorName(name, firstCall + call, position));
  if (nodes.length === 0) return [{ name, type, inputs: [], outputs: outputs(0) }];
  return nodes.map((node, call): LayerCall => ({ name, type, inputs: inputsOf(node, name), outputs: outputs(call) }));
}

/** Tensors of `input_layers` and `output_layers`: one, or a list of them. */
export function tensorNames(value: JsonValue | undefined): readonly string[] {
  const list = asList(value) ?? [];
  const single = reference(list);
  if (single !== null) return [single];
  return list.map((item) => reference(asList(item) ?? []) ?? fault('an input or output of a model is not named'));
}

function inputsOf(node: JsonValue, name: string): readonly string[] {
  const list = asList(node);
  const found = list === null ? histories(node) : references(list);
  return found.length > 0 ? found : fault(`the inputs of the layer ${quote(name)} are not named`);
}

/** Keras 2: one reference, or a list of them. */
function references(list: readonly JsonValue[]): readonly string[] {
  const single = reference(list);
  if (single !== null) return [single];
  return list.flatMap((item) => reference(asList(item) ?? []) ?? []);
}

/** Keras 3: tensors anywhere in the arguments of the call. */
function histories(node: JsonValue): readonly string[] {
  const found: string[] = [];
  const pending: JsonValue[] = [node];
  for (let value = pending.shift(); value !== undefined && found.length < maxHistories; value = pending.shift()) {
    const map = asMap(value);
    if (map === null) pending.unshift(...(asList(value) ?? []));
    else if (map.get('class_name') === '__keras_tensor__') {
      found.push(
        reference(asList(asMap(map.get('config'))?.get('keras_history')) ?? []) ?? fault('a tensor has no history'),
      );
    } else pending.unshift(...map.values());
  }
  return found;
}

function reference([layer, call, position]: readonly JsonValue[]): string | null {
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof position !== 'number') return null;
  return tensorName(layer, call, position);
}

/** Whether anything reads the call after the last: then the calls are counted from 1. */
export function isCountedFromOne(name: string, nCalls: number, read: ReadonlySet<string>): boolean {
  return read.has(tensorName(name, nCalls, 0));
}

function tensorName(layer: string, call: number, position: number): string {
  return `${layer}\0${call}\0${position}`;
}
