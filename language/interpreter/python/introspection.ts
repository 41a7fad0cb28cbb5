/** Questions that Python code asks about itself: types, `isinstance`, `eval` of a name, one item of a loop. */
import { sampleOf } from '../access.ts';
import { isInstanceOf } from '../classes.ts';
import { findBase } from '../attributes.ts';
import { evaluate } from '../expressions.ts';
import { moduleFrame } from '../imports.ts';
import type { CallArguments, CallContext } from '../library.ts';
import { bool, dict, external, unknown } from '../values.ts';
import type { Value } from '../values.ts';
import { parsePython } from '../../syntax/python.ts';
import { pythonGlobal } from './builtins.ts';
import { takeFirst } from './listMethods.ts';

export function typeOf(value: Value): Value {
  switch (value.kind) {
    case 'instance':
      return value.class;
    case 'foreign':
      return external(value.object.typePaths[0] ?? value.object.typeName);
    case 'unknown':
      return value;
    default: {
      const name = typeNameOf(value);
      return (name === null ? null : pythonGlobal(name)) ?? unknown('the type is not known');
    }
  }
}

function typeNameOf(value: Value): string | null {
  switch (value.kind) {
    case 'number':
      return value.isInteger ? 'int' : 'float';
    case 'bool':
      return 'bool';
    case 'string':
      return 'str';
    case 'list':
    case 'tuple':
    case 'dict':
    case 'set':
      return value.kind;
    case 'class':
    case 'external':
      return 'type';
    default:
      return null;
  }
}

export function valueIsInstance(value: Value, type: Value, context: CallContext): Value {
  const answer = instanceAnswer(value, type, context);
  return answer === null ? unknown('its type is not known') : bool(answer);
}

function instanceAnswer(value: Value, type: Value, context: CallContext): boolean | null {
  if (type.kind === 'tuple' || type.kind === 'list') {
    const answers = type.items.map((item) => instanceAnswer(value, item, context));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  }
  if (value.kind === 'unknown' || type.kind === 'unknown') return null;
  if (type.kind === 'class') return isInstanceOf(value, type);
  if (type.kind === 'builtin') {
    if (type.typeName === undefined) return null;
    if (type.typeName === 'object') return true;
    const own = typeNameOf(value);
    if (own !== null) return own === type.typeName || (own === 'bool' && type.typeName === 'int');
    return value.kind === 'external' ? null : false;
  }
  if (type.kind === 'external') return isExternalInstance(value, type.path, context);
  return null;
}

function isExternalInstance(value: Value, path: string, context: CallContext): boolean | null {
  const last = path.split('.').pop() ?? path;
  const matches = (candidate: string): boolean => candidate === path || candidate.split('.').pop() === last;
  switch (value.kind) {
    case 'foreign':
      return value.object.typePaths.some(matches);
    case 'instance': {
      const bases = value.class.order.flatMap((entry) =>
        entry.kind === 'external' ? [entry.path, ...(findBase(context.machine, entry.path)?.typePaths ?? [])] : [],
      );
      if (bases.some(matches)) return true;
      return value.class.order.some((entry) => entry.kind === 'unknown') ? null : false;
    }
    case 'external':
      return null;
    case 'number':
      return last === 'Number' || last === 'Integral' ? true : path.startsWith('numpy') ? null : false;
    case 'string':
      return last === 'string_types' || last === 'str';
    case 'list':
    case 'tuple':
    case 'dict':
      return ['Iterable', 'Sequence', 'Mapping', 'OrderedDict', 'Container', 'Sized'].includes(last) ? true : false;
    default:
      return false;
  }
}

/** What `next` gives: of an iterator its first item, else one sample. */
export function nextItem(value: Value, context: CallContext): Value {
  if (value.kind === 'list' && value.isIterator === true) return takeFirst(value, context.journal);
  if (value.kind === 'list' || value.kind === 'tuple') return value.items[0] ?? unknown('it has no items');
  return sampleOf(context.machine, value);
}

export function scopeAsDict(context: CallContext): Value {
  const top = context.machine.callSites[context.machine.callSites.length - 1];
  if (top === undefined) return unknown('the names of a module');
  return dict(top.unit.scope.names);
}

/** `eval('Generator')`: evaluated in the module that asks, like any other expression. */
export function evaluateText(args: CallArguments, context: CallContext): Value {
  const [source] = args.positional;
  const { machine } = context;
  const top = machine.callSites[machine.callSites.length - 1];
  if (source?.kind !== 'string' || top === undefined || source.value.length > 500) {
    return unknown('what is evaluated is not known');
  }
  const [statement] = parsePython(source.value).body;
  if (statement?.kind !== 'expression') return unknown('what is evaluated is not known');
  return evaluate(machine, moduleFrame(machine, top.unit), statement.expression);
}
