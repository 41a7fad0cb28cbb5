/**
 * Where a JavaScript import leads: a file of the workspace for relative paths (with the endings that
 * bundlers add), TensorFlow.js for its packages, an external name for any other package.
 */
import { loadUnit } from '../imports.ts';
import type { Machine, SourceUnit } from '../machine.ts';
import { wholeExport } from './commonJs.ts';
import { external } from '../values.ts';
import type { Value } from '../values.ts';

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '/index.ts', '/index.js'] as const;

export function importJavascriptPath(machine: Machine, unit: SourceUnit, path: string): Value {
  if (/^@tensorflow\/tfjs(-|$|\/)/.test(path) || /(^|\/)tf(\.min|\.es2017)?\.js$/.test(path)) return external('tf');
  if (/(^|\/)slimwise_layers(\.([cm]?[jt]s))?$/.test(path)) return external('slimwise_layers');
  if (!path.startsWith('.') && !path.startsWith('/') && !path.startsWith('@/') && !path.startsWith('~/'))
    return external(path);
  for (const base of basesOf(unit.path, path)) {
    for (const candidate of candidatesOf(base)) {
      const loaded = loadUnit(machine, candidate, candidate);
      if (loaded !== null) return wholeExport(loaded) ?? { kind: 'module', unit: loaded };
    }
  }
  return external(path);
}

/** `@/x` and `~/x` are the source folder in most set-ups; a leading `/` is the root. */
function basesOf(from: string, path: string): readonly string[] {
  const alias = /^(?:@|~)\/(.*)$/.exec(path)?.[1];
  if (alias !== undefined) return [`src/${alias}`, alias];
  if (path.startsWith('/')) return [path.slice(1)];
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return [parts.join('/')];
}

/** TypeScript writes `./a.js` for what stands in `a.ts`. */
function candidatesOf(base: string): readonly string[] {
  const swapped = /\.[cm]?jsx?$/.test(base)
    ? [base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'), base.replace(/\.[cm]?js(x?)$/, '.ts$1')]
    : [];
  return [...swapped, ...endings.map((ending) => `${base}${ending}`)].filter((name) =>
    /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/.test(name),
  );
}
