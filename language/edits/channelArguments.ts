/**
 * The numbers in a source that say how many channels a layer has. Keras and TF.js layers take theirs from their
 * input, so only the changed layer's own number is edited; PyTorch writes both ends. Where the call that holds a number
 * builds several layers, the number is looked for at the caller that passes it; in a loop there is none.
 */
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Argument, CallExpression } from '../syntax/ast.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { callerArgument } from './callerArgument.ts';
import { argumentOf, calledName, callChain } from './findCall.ts';
import type { ImportPlace } from './importWrapper.ts';
import type { TextEdit } from './textEdit.ts';

/** Where an attribute stands among a PyTorch layer's arguments. */
const torchArguments: Readonly<Record<string, { readonly name: string; readonly position: number }>> = {
  inChannels: { name: 'in_channels', position: 0 },
  outChannels: { name: 'out_channels', position: 1 },
  groups: { name: 'groups', position: 6 },
  inFeatures: { name: 'in_features', position: 0 },
  outFeatures: { name: 'out_features', position: 1 },
};

type Edits = { readonly edits: readonly TextEdit[] } | { readonly refused: string };

/** `placeOf` gives a file's text and tree; null where it cannot be read. */
export function channelArguments(
  before: ModelGraph,
  after: ModelGraph,
  placeOf: (file: string) => ImportPlace | null,
): Edits {
  const edits: TextEdit[] = [];
  for (const layer of before.layers) {
    const next = after.layers[layer.index];
    if (next === undefined) continue;
    for (const [attribute, value] of changedNumbers(layer, next)) {
      if (before.framework !== 'pytorch' && !/^out/.test(attribute)) continue;
      const place = placeOf(layer.site.file);
      const call = place === null ? null : callAt(place, layer);
      if (place === null || call === null)
        return { refused: `${layer.name} is not built by a call of its own in the source` };
      const argument = findArgument(before.framework, layer, attribute, call);
      if (typeof argument === 'string') return { refused: argument };
      const isShared = before.layers.some((other) => other !== layer && isSameSite(other, layer));
      const written = isShared ? callerArgument(place, layer, argument, placeOf) : { place, value: argument };
      if (typeof written === 'string') return { refused: written };
      const { start, end } = written.value;
      const edit = { file: written.place.file, start, end, text: String(value) };
      const other = edits.find((own) => own.file === edit.file && own.start < end && start < own.end);
      if (other === undefined) edits.push(edit);
      else if (other.start !== start || other.end !== end || other.text !== edit.text)
        return { refused: `one number in the source says the channels of several layers, and they would differ` };
    }
  }
  return edits.length === 0 ? { refused: 'nothing in the source says its channels' } : { edits };
}

function changedNumbers(layer: Layer, next: Layer): readonly (readonly [string, number])[] {
  const old = layer.attributes as Readonly<Record<string, unknown>>;
  return Object.entries(next.attributes).flatMap(([key, value]) =>
    typeof value === 'number' && old[key] !== value ? [[key, value] as const] : [],
  );
}

function findArgument(
  framework: ModelGraph['framework'],
  layer: Layer,
  attribute: string,
  call: CallExpression,
): Argument['value'] | string {
  if (framework === 'tfjs') return optionOf(call, layer.op === 'dense' ? 'units' : 'filters', layer);
  const place =
    framework === 'keras'
      ? { name: layer.op === 'dense' ? 'units' : 'filters', position: 0 }
      : attribute === 'features'
        ? featuresArgument(layer)
        : attribute === 'groups' && /Transpose/.test(layer.type)
          ? { name: 'groups', position: 6 }
          : torchArguments[attribute];
  if (place === undefined) return `the argument for ${attribute} of ${layer.name} is not known`;
  const argument = argumentOf(call, place.name, place.position);
  if (argument === 'hidden' || argument === null)
    return `line ${layer.site.line} does not write ${place.name} itself (${calledName(call) ?? 'a call'})`;
  return argument.value;
}

function featuresArgument(layer: Layer): { readonly name: string; readonly position: number } {
  if (layer.op === 'group_norm') return { name: 'num_channels', position: 1 };
  return { name: layer.op === 'activation' ? 'num_parameters' : 'num_features', position: 0 };
}

/** `filters: 64` in the options of a TF.js layer. */
function optionOf(call: CallExpression, name: string, layer: Layer): Argument['value'] | string {
  const [options] = call.args;
  const entry =
    options?.value.kind === 'dict'
      ? options.value.entries.find(({ key }) => key?.kind === 'string' && key.value === name)
      : undefined;
  return entry?.value ?? `line ${layer.site.line} does not write ${name} itself`;
}

function callAt({ text, module }: ImportPlace, { site }: Layer): CallExpression | null {
  const lines = createLineMap(text);
  const start = lines.offsetOf(site.line) + site.column;
  const chain = callChain(module, { start, end: lines.offsetOf(site.endLine) + site.endColumn });
  return chain?.[chain.length - 1] ?? null;
}

function isSameSite(one: Layer, two: Layer): boolean {
  const { file, line, column, endLine, endColumn } = one.site;
  const other = two.site;
  return (
    file === other.file &&
    line === other.line &&
    column === other.column &&
    endLine === other.endLine &&
    endColumn === other.endColumn
  );
}
