/** Python as the interpreter sees it: one `Semantics` record over the modules of this folder. */
import { createPythonParser } from '../../syntax/python.ts';
import { rememberParse } from '../../syntax/rememberParse.ts';
import { rangeLength } from '../access.ts';
import type { Semantics } from '../semantics.ts';
import type { Journal } from '../journal.ts';
import { bool, builtin, int, string } from '../values.ts';
import type { DictValue, InstanceValue, NumberValue, Value } from '../values.ts';
import { pythonGlobal } from './builtins.ts';
import { dictAttribute, setAttributeMethod } from './dictMethods.ts';
import { formatValue } from './formatting.ts';
import { importPythonPath } from './importPath.ts';
import { indexPython, setIndexPython } from './indexing.ts';
import { listAttribute, tupleAttribute } from './listMethods.ts';
import { binaryPython, comparePython, unaryPython } from './operators.ts';
import { stringAttribute } from './stringMethods.ts';

export const pythonSemantics: Semantics = {
  language: 'python',
  extensions: ['.py'],
  parse: rememberParse(createPythonParser()),
  constructorName: '__init__',
  selfBinding: 'parameter',
  assignment: 'local',
  isLenient: false,
  truth: pythonTruth,
  unary: unaryPython,
  binary: binaryPython,
  compare: comparePython,
  attribute(object, name, context) {
    switch (object.kind) {
      case 'list':
        return listAttribute(object, name, context);
      case 'tuple':
        return tupleAttribute(object, name);
      case 'dict':
        return dictAttribute(object, name, context);
      case 'set':
        return setAttributeMethod(object, name, context);
      case 'string':
        return stringAttribute(object.value, name);
      case 'function':
      case 'builtin':
        return name === '__name__' || name === '__qualname__' ? string(object.name) : builtinMember(object, name);
      case 'bound':
        return name === '__self__' ? object.self : name === '__func__' ? object.callee : null;
      case 'instance':
        return name === '__dict__' ? attributeDict(object, context.journal) : null;
      case 'number':
        return numberAttribute(object, name);
      default:
        return null;
    }
  },
  setAttribute: () => false,
  index: indexPython,
  setIndex: setIndexPython,
  iterate(value) {
    switch (value.kind) {
      case 'dict':
        return value.open === null ? [...value.entries.values()].map(({ key }) => key) : null;
      case 'set':
        return value.unknown === null ? [...value.entries.values()] : null;
      case 'string':
        return [...value.value].map(string);
      default:
        return null;
    }
  },
  format: formatValue,
  global: pythonGlobal,
  operatorMethod(operator, reflected) {
    const name = METHODS[operator];
    if (name === undefined) return null;
    return reflected ? (REFLECTED.has(operator) ? `__${operator === 'in' ? '' : 'r'}${name}__` : null) : `__${name}__`;
  },
  importPath: importPythonPath,
};

const METHODS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '==': 'eq',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'contains',
  'not in': 'contains',
  '|': 'or',
  '&': 'and',
};

const REFLECTED = new Set(['+', '-', '*', '/', '//', '%', '**', '@']);

/** `self.__dict__`: what is put into it becomes an attribute (`self.__dict__.update(kwargs)`). */
function attributeDict(object: InstanceValue, journal: Journal): DictValue {
  const entries = new Map<string, { readonly key: Value; readonly value: Value }>(
    [...object.attributes].map(([name, value]) => [`s${name}`, { key: string(name), value }]),
  );
  const put = entries.set.bind(entries);
  entries.set = (text, entry) => {
    if (entry.key.kind === 'string') journal.setEntry(object, object.attributes, entry.key.value, entry.value);
    return put(text, entry);
  };
  return { kind: 'dict', entries, open: null };
}

/** `dict.fromkeys`, and methods of texts called through their type: `type=str.lower`. */
function builtinMember(object: Value, name: string): Value | null {
  if (object.kind === 'builtin' && object.typeName === 'str') {
    return {
      kind: 'builtin',
      name,
      call: (args, context) => {
        const [self, ...rest] = args.positional;
        if (self === undefined) return { kind: 'unknown', reason: `what str.${name} gives is not known` };
        return context.call(context.getAttribute(self, name), { ...args, positional: rest });
      },
    };
  }
  if (object.kind !== 'builtin' || object.typeName !== 'dict' || name !== 'fromkeys') return null;
  return {
    kind: 'builtin',
    name: 'fromkeys',
    call: (args, context) => {
      const keys = context.iterate(args.positional[0] ?? { kind: 'none' });
      const made: Value = { kind: 'dict', entries: new Map(), open: keys === null ? 'its keys are not known' : null };
      for (const key of keys ?? []) {
        context.machine.current.setIndex(made, key, args.positional[1] ?? { kind: 'none' }, context);
      }
      return made;
    },
  };
}

function numberAttribute(object: NumberValue, name: string): Value | null {
  switch (name) {
    case 'real':
    case 'numerator':
      return object;
    case 'bit_length':
      return builtin(name, () => int(object.value === 0 ? 0 : Math.abs(object.value).toString(2).length));
    case 'item':
      return builtin(name, () => object);
    case 'is_integer':
      return builtin(name, () => bool(Number.isInteger(object.value)));
    default:
      return null;
  }
}

function pythonTruth(value: Value): boolean | null {
  switch (value.kind) {
    case 'number':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'list':
      return value.unknown === null ? value.items.length > 0 : null;
    case 'tuple':
      return value.items.length > 0;
    case 'dict':
      return value.entries.size > 0 ? true : value.open === null ? false : null;
    case 'set':
      return value.entries.size > 0 ? true : value.unknown === null ? false : null;
    case 'range':
      return rangeLength(value) > 0;
    default:
      return null;
  }
}

/** The length that `len` gives; null where it is not known. */
export function pythonLength(value: Value): Value | null {
  switch (value.kind) {
    case 'string':
      return int([...value.value].length);
    case 'list':
      return value.unknown === null ? int(value.items.length) : null;
    case 'tuple':
      return int(value.items.length);
    case 'dict':
      return value.open === null ? int(value.entries.size) : null;
    case 'set':
      return value.unknown === null ? int(value.entries.size) : null;
    case 'range':
      return int(rangeLength(value));
    default:
      return null;
  }
}
