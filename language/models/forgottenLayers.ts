/**
 * Layers that a source builds and then forgets: their attribute is set and named nowhere else in the file, nor
 * in the files around it. A layer that `forward` does not run may still be run by another method, by a loss in
 * another file (`netD.COND_DNET(features)`), or have its weights read; only where no text mentions it again is
 * "never run" a fact.
 */
import { isLayerObject } from '../frameworks/pytorch/layers.ts';
import { childrenOf, isModuleObject, moduleOf } from '../frameworks/pytorch/torchModule.ts';
import type { LayerRecord } from '../frameworks/recorder.ts';
import type { CallContext } from '../interpreter/library.ts';
import type { SourceUnit } from '../interpreter/machine.ts';
import type { Value } from '../interpreter/values.ts';
import { nearbyFiles } from './drivers.ts';

export function forgottenLayers(root: Value, context: CallContext): ReadonlySet<LayerRecord> {
  const found = new Set<LayerRecord>();
  const seen = new Set<object>();
  const visit = (value: Value, isForgotten: boolean, depth: number): void => {
    const identity = value.kind === 'foreign' ? value.object : value;
    if (seen.has(identity) || depth > 60) return;
    seen.add(identity);
    const own = moduleOf(value) ?? (value.kind === 'instance' && isModuleObject(value.foreign) ? value.foreign : null);
    if (isForgotten && isLayerObject(own)) found.add(own.record);
    for (const [name, child] of childrenOf(value, context)) {
      visit(child, isForgotten || (value.kind === 'instance' && isSetOnly(value.class.unit, name, context)), depth + 1);
    }
  };
  visit(root, false, 0);
  return found;
}

/** How often a source sets an attribute of a name, and how often it names one otherwise. */
interface Mentions {
  nSets: number;
  nUses: number;
}

const counted = new WeakMap<SourceUnit, ReadonlyMap<string, Mentions>>();

/** `self.name = …` stands in the file, and no other `.name`; nor does it elsewhere. */
function isSetOnly(unit: SourceUnit, name: string, context: CallContext): boolean {
  const mentions = counted.get(unit) ?? countMentions(unit.text);
  counted.set(unit, mentions);
  const own = mentions.get(name);
  return own !== undefined && own.nSets > 0 && own.nUses === 0 && !isNamedAround(unit, name, context);
}

/** Files around that are searched for a name. */
const MAX_SEARCHED = 60;

/** Of each file's last text; a few hundred files are remembered. */
const around = new Map<string, { readonly text: string; readonly mentions: ReadonlyMap<string, Mentions> }>();
const MAX_REMEMBERED = 300;

function isNamedAround(unit: SourceUnit, name: string, { machine }: CallContext): boolean {
  let nSearched = 0;
  for (const path of nearbyFiles(machine.host, unit.path)) {
    if (nSearched++ >= MAX_SEARCHED) break;
    const text = machine.host.read(path);
    if (text !== null && (mentionsOf(path, text).get(name)?.nUses ?? 0) > 0) return true;
  }
  return false;
}

function mentionsOf(path: string, text: string): ReadonlyMap<string, Mentions> {
  const known = around.get(path);
  if (known?.text === text) return known.mentions;
  if (around.size >= MAX_REMEMBERED) around.clear();
  const mentions = countMentions(text);
  around.set(path, { text, mentions });
  return mentions;
}

/** Once over the text, whatever number of layers it has. */
function countMentions(text: string): ReadonlyMap<string, Mentions> {
  const mentions = new Map<string, Mentions>();
  for (const line of text.split('\n')) {
    // Looked ahead only: an annotation behind the name (`self.a: nn.Module = …`) may name others.
    for (const [, name = '', set] of line.replace(/#.*$/, '').matchAll(/\.(\w+)\b(?=(\s*(?::[^=]+)?=(?!=))?)/g)) {
      const own = mentions.get(name) ?? { nSets: 0, nUses: 0 };
      mentions.set(name, own);
      if (set === undefined) own.nUses++;
      else own.nSets++;
    }
  }
  return mentions;
}
