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

const counted = new WeakMap<SourceUnit, Map<string, boolean>>();

/** `self.name = …` stands in the file, and no other `.name`. */
function isSetOnly(unit: SourceUnit, name: string): boolean {
  const known = counted.get(unit) ?? new Map<string, boolean>();
  counted.set(unit, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  let nSets = 0;
  let nUses = 0;
  for (const line of linesNaming(unit.text, name)) {
    for (const match of line.matchAll(new RegExp(`\\.${name}\\b(\\s*(?::[^=]+)?=(?!=))?`, 'g'))) {
      if (match[1] === undefined) nUses++;
      else nSets++;
    }
  }
  const result = nSets > 0 && nUses === 0;
  known.set(name, result);
  return result;
}

function linesNaming(text: string, name: string): string[] {
  if (!/^\w+$/.test(name)) return [];
  return text
    .split('\n')
    .filter((line) => line.includes(`.${name}`))
    .map((line) => line.replace(/#.*$/, ''));
}
