/**
 * Layers that a source builds and then forgets: their attribute is set and named nowhere else in the file.
 * A layer that `forward` does not run may still be run by another method (a loss, a sampler) or have its
 * weights read; only where the text never mentions it again is "never run" a fact.
 */
import { isLayerObject } from '../frameworks/pytorch/layers.ts';
import { childrenOf, isModuleObject, moduleOf } from '../frameworks/pytorch/torchModule.ts';
import type { LayerRecord } from '../frameworks/recorder.ts';
import type { CallContext } from '../interpreter/library.ts';
import type { SourceUnit } from '../interpreter/machine.ts';
import type { Value } from '../interpreter/values.ts';

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
      visit(child, isForgotten || (value.kind === 'instance' && isSetOnly(value.class.unit, name)), depth + 1);
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

/** `self.name = …` stands in the file, and no other `.name`. */
function isSetOnly(unit: SourceUnit, name: string): boolean {
  const mentions = counted.get(unit) ?? countMentions(unit.text);
  counted.set(unit, mentions);
  const own = mentions.get(name);
  return own !== undefined && own.nSets > 0 && own.nUses === 0;
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
