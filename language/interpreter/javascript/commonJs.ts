/**
 * CommonJS: `exports.build = …`, `module.exports = { build }`, and `module.exports = Generator`, where what is
 * required is the class itself. A file that names `exports` gets the two names, and what they hold after its top level
 * has run is what it exports. What functions put there later is not seen.
 */
import type { SourceUnit } from '../machine.ts';
import { holdsScripts } from '../../syntax/scriptBlocks.ts';
import { dict, string } from '../values.ts';
import type { Value } from '../values.ts';

/** The key under which the exports of a unit hold what `module.exports` was set to, where that is no plain object. */
const whole = 'module.exports';

/** Defines `module` and `exports`; what it gives reads them. null: the file exports nothing this way. */
export function beginCommonJs({ path, text, scope, exports }: SourceUnit): (() => void) | null {
  // The scripts of a page share a scope, and have neither name.
  if (!/\bexports\b/.test(text) || scope.names.has('exports') || holdsScripts(path)) return null;
  const exported = dict();
  const module = dict();
  module.entries.set('sexports', { key: string('exports'), value: exported });
  scope.names.set('module', module);
  scope.names.set('exports', exported);
  return () => {
    const value = module.entries.get('sexports')?.value ?? exported;
    if (value.kind === 'dict') {
      for (const { key, value: member } of value.entries.values())
        if (key.kind === 'string' && !exports.has(key.value)) exports.set(key.value, member);
      if (!exports.has('default') && value.entries.size > 0) exports.set('default', value);
    } else if (value.kind !== 'unknown' && value.kind !== 'undefined') {
      exports.set(whole, value);
      exports.set('default', value);
    }
  };
}

/** What requiring the file gives, where that is not an object with its exports. */
export function wholeExport(unit: SourceUnit): Value | null {
  return unit.exports.get(whole) ?? null;
}
