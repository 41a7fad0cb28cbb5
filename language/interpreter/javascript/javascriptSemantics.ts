/** JavaScript and TypeScript as the interpreter sees them: one `Semantics` record over the modules of this folder. */
import { createJavascriptParser } from '../../syntax/javascript.ts';
import { rememberParse } from '../../syntax/rememberParse.ts';
import { callFunction } from '../calls.ts';
import { positional } from '../library.ts';
import type { Semantics } from '../semantics.ts';
import { UNDEFINED, builtin, int, string, tuple, unknown } from '../values.ts';
import type { CallContext } from '../library.ts';
import type { SetValue, Value } from '../values.ts';
import { arrayAttribute } from './arrayMethods.ts';
import { globalMember, javascriptGlobal } from './globals.ts';
import { importJavascriptPath } from './importPath.ts';
import { beginCommonJs } from './commonJs.ts';
import { indexJavascript, keysOf, objectAttribute, setIndexJavascript, setObjectKey } from './objects.ts';
import {
  binaryJavascript,
  compareJavascript,
  formatJavascript,
  numberOf,
  truthJavascript,
  unaryJavascript,
} from './operators.ts';
import { stringAttribute } from './stringMethods.ts';

export const javascriptSemantics: Semantics = {
  language: 'javascript',
  extensions: ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.html', '.htm', '.vue', '.svelte'],
  parse: rememberParse(createJavascriptParser()),
  constructorName: 'constructor',
  selfBinding: 'this',
  assignment: 'resolved',
  isLenient: true,
  truth: truthJavascript,
  unary: unaryJavascript,
  binary: binaryJavascript,
  compare: compareJavascript,
  attribute(object, name) {
    switch (object.kind) {
      case 'list':
        return arrayAttribute(object, name);
      case 'tuple':
        return arrayAttribute({ kind: 'list', items: [...object.items], unknown: null }, name);
      case 'dict':
        return objectAttribute(object, name);
      case 'string':
        return stringAttribute(object.value, name);
      case 'number':
        return name === 'toString' || name === 'toFixed' ? numberText(object.value, name) : null;
      case 'builtin':
        return globalMember(object, name) ?? functionAttribute(object, name);
      case 'function':
      case 'bound':
      case 'class':
        return functionAttribute(object, name);
      case 'set':
        return setAttribute(object, name);
      default:
        return null;
    }
  },
  setAttribute(object, name, value, context) {
    if (object.kind === 'dict') return setObjectKey(object, string(name), value, context);
    if (object.kind !== 'list' || name !== 'length') return false;
    if (value.kind === 'number' && value.value === 0) context.journal.itemsOf(object).length = 0;
    else context.journal.forgetItems(object, 'its length was changed');
    return true;
  },
  index: indexJavascript,
  setIndex: setIndexJavascript,
  iterate(value, over) {
    if (over === 'in') return keysOf(value);
    if (value.kind === 'string') return [...value.value].map(string);
    if (value.kind === 'set') return value.unknown === null ? [...value.entries.values()] : null;
    return null;
  },
  format: (value) => formatJavascript(value),
  global: javascriptGlobal,
  operatorMethod: () => null,
  beginModule: beginCommonJs,
  importPath: importJavascriptPath,
};

/** `(3.14).toFixed(1)`, `(255).toString(16)`. */
function numberText(value: number, name: 'toString' | 'toFixed'): Value {
  return builtin(name, ({ positional: [argument] }) => {
    const given = argument === undefined || argument.kind === 'undefined' ? undefined : numberOf(argument);
    const isFixed = name === 'toFixed';
    const [least, most] = isFixed ? [0, 100] : [2, 36];
    if (given === null || (given !== undefined && !(least <= given && given <= most)))
      return unknown('an argument is not known');
    return string(isFixed ? value.toFixed(given) : value.toString(given));
  });
}

/** `f.call(self, …)`, `f.apply(self, […])`, `f.bind(self)`, `f.name`. */
function functionAttribute(callee: Value, name: string): Value | null {
  const invoke = (self: Value, args: readonly Value[], context: CallContext): Value =>
    callee.kind === 'function'
      ? callFunction(context.machine, callee, positional(...args), self)
      : context.call(callee, positional(...args));
  switch (name) {
    case 'call':
      return builtin(name, ({ positional: [self = UNDEFINED, ...args] }, context) => invoke(self, args, context));
    case 'apply':
      return builtin(name, ({ positional: [self = UNDEFINED, args = UNDEFINED] }, context) =>
        invoke(self, context.iterate(args) ?? [], context),
      );
    case 'bind':
      return builtin(name, ({ positional: [self = UNDEFINED, ...first] }) =>
        first.length === 0
          ? { kind: 'bound', callee, self }
          : builtin(name, (args, context) => invoke(self, [...first, ...args.positional], context)),
      );
    case 'name':
      return 'name' in callee && typeof callee.name === 'string' ? string(callee.name) : null;
    default:
      return null;
  }
}

function setAttribute(set: SetValue, name: string): Value | null {
  if (set.unknown !== null) return null;
  const items = [...set.entries.values()];
  if (name === 'size') return int(items.length);
  if (name === 'has')
    return builtin(name, ({ positional: [item = UNDEFINED] }, context) => hasItem(items, item, context));
  return name === 'values' || name === 'keys' ? builtin(name, () => tuple(items)) : null;
}

function hasItem(items: readonly Value[], item: Value, context: CallContext): Value {
  const includes = context.getAttribute({ kind: 'list', items: [...items], unknown: null }, 'includes');
  return context.call(includes, positional(item));
}
