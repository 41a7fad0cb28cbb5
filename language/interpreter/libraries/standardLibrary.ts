/**
 * Parts of Python's standard library that model code leans on: functools, itertools, collections, copy,
 * operator, os.path, sys, dataclasses, typing, random, time. Anything that asks the machine (files,
 * environment, clocks, randomness) is unknown.
 */
import type { CallArguments, CallContext, Library } from '../library.ts';
import { NONE, TRUE, bool, builtin, dict, foreign, int, list, string, tuple, unknown, unknownList } from '../values.ts';
import type { BuiltinValue, Value } from '../values.ts';
import { joinPath, folderOf } from '../python/importPath.ts';
import { pythonGlobal } from '../python/builtins.ts';
import { evaluateText } from '../python/introspection.ts';
import { binaryValue } from '../operators.ts';
import type { BinaryOperator } from '../../syntax/ast.ts';
import { positional as args } from '../library.ts';
import { copyValue } from './copyValue.ts';
import { callFiles } from './fileLibrary.ts';

type Call = BuiltinValue['call'];

/** `functools.partial`: the first arguments, and keywords that a call may override. */
const partial: Call = ({ positional, keywords, open }) => {
  const [callee, ...first] = positional;
  if (callee === undefined) return unknown('a partial call of nothing');
  return foreign({
    typeName: 'partial',
    typePaths: ['functools.partial'],
    truth: () => true,
    call: (later, context) =>
      context.call(callee, {
        positional: [...first, ...later.positional],
        keywords: new Map([...keywords, ...later.keywords]),
        open: open ?? later.open,
      }),
    attribute(name) {
      if (name === 'func') return callee;
      if (name === 'args') return tuple(first);
      return name === 'keywords' ? dict(keywords) : null;
    },
  });
};

const reduce: Call = ({ positional }, context) => {
  const [callee, iterable, initial] = positional;
  const items = context.iterate(iterable ?? NONE);
  if (callee === undefined || items === null) return unknown('a reduction of something that is not known');
  const [first, ...rest] = initial === undefined ? items : [initial, ...items];
  let total = first ?? unknown('a reduction of nothing');
  for (const item of rest) total = context.call(callee, args(total, item));
  return total;
};

function operatorCall(operator: BinaryOperator): Call {
  return ({ positional }, { machine }) => {
    const [left, right] = positional;
    return left === undefined || right === undefined ? NONE : binaryValue(machine, operator, left, right);
  };
}

const identity: Call = ({ positional }) => positional[0] ?? NONE;
/** A decorator with or without arguments that leaves the function as it is. */
const decorator: Call = ({ positional }) =>
  positional[0] !== undefined && positional[0].kind === 'function' ? positional[0] : builtin('decorator', identity);

const product: Call = ({ positional, keywords }, context) => {
  const repeat = keywords.get('repeat');
  const times = repeat?.kind === 'number' ? repeat.value : 1;
  const columns = Array.from({ length: times }, () => positional)
    .flat()
    .map((value) => context.iterate(value));
  if (columns.includes(null)) return unknownList('its items are not known');
  let rows: Value[][] = [[]];
  for (const column of columns) {
    rows = rows.flatMap((row) => (column ?? []).map((item) => [...row, item]));
    if (rows.length > context.machine.limits.items) return unknownList('too many combinations');
  }
  return list(rows.map(tuple));
};

const namedtuple: Call = ({ positional, keywords }) => {
  const [name, fields] = positional;
  const names =
    fields?.kind === 'string'
      ? fields.value.split(/[\s,]+/).filter(Boolean)
      : fields?.kind === 'list' || fields?.kind === 'tuple'
        ? fields.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []))
        : [];
  const defaults = keywords.get('defaults');
  const last = defaults?.kind === 'tuple' || defaults?.kind === 'list' ? defaults.items : [];
  const otherwise = (idx: number): Value | undefined => last[idx - names.length + last.length];
  const made = builtin(name?.kind === 'string' ? name.value : 'namedtuple', (given) => ({
    kind: 'tuple',
    items: names.map(
      (field, idx) =>
        given.positional[idx] ?? given.keywords.get(field) ?? otherwise(idx) ?? unknown(`${field} is not given`),
    ),
    names,
  }));
  const parts = names.map((field, idx) => {
    const value = otherwise(idx);
    return { name: field, make: value === undefined ? null : () => value };
  });
  return { ...made, fields: parts };
};

const chain: Call = ({ positional }, context) => {
  const columns = positional.map((value) => context.iterate(value));
  return columns.includes(null)
    ? unknownList('its items are not known')
    : list(columns.flatMap((column) => column ?? []));
};

function joined({ positional }: CallArguments): Value {
  const texts = positional.map((value) => (value.kind === 'string' ? value.value : null));
  return texts.includes(null) ? unknown('a path that is not known') : string(joinTexts(texts as string[]));
}

function joinTexts(texts: readonly string[]): string {
  return texts.reduce(
    (path, part) => (part.startsWith('/') || path === '' ? part : `${path.replace(/\/$/, '')}/${part}`),
    '',
  );
}

const ofText =
  (apply: (text: string) => Value): Call =>
  ({ positional }) =>
    positional[0]?.kind === 'string' ? apply(positional[0].value) : unknown('a path that is not known');

const CALLS: Readonly<Record<string, Call>> = {
  'functools.partial': partial,
  'functools.partialmethod': partial,
  'functools.reduce': reduce,
  'functools.wraps': () => builtin('wraps', identity),
  'functools.lru_cache': decorator,
  'functools.cache': decorator,
  'functools.update_wrapper': identity,
  'itertools.chain': chain,
  'itertools.chain.from_iterable': ({ positional }, context) => {
    const inner = context.iterate(positional[0] ?? NONE);
    return inner === null ? unknownList('its items are not known') : chain(args(...inner), context);
  },
  'itertools.product': product,
  'itertools.repeat': ({ positional }) => {
    const [item, times] = positional;
    if (item === undefined || times?.kind !== 'number') return unknownList('how often it repeats is not known');
    return list(Array.from({ length: Math.min(Math.max(0, times.value), 4096) }, () => item));
  },
  'itertools.accumulate': ({ positional }, context) => {
    const items = context.iterate(positional[0] ?? NONE);
    if (items === null || positional.length > 1) return unknownList('its items are not known');
    const sums: Value[] = [];
    for (const item of items) {
      const last = sums[sums.length - 1];
      sums.push(last === undefined ? item : binaryValue(context.machine, '+', last, item));
    }
    return list(sums);
  },
  'collections.OrderedDict': (given, context) => context.call(pythonGlobal('dict') ?? NONE, given),
  'collections.defaultdict': ({ positional }) => {
    const made = dict();
    return positional[0] === undefined ? made : { ...made, factory: positional[0] };
  },
  'collections.namedtuple': namedtuple,
  'collections.deque': (given, context) => context.call(pythonGlobal('list') ?? NONE, given),
  'ast.literal_eval': (args, context) =>
    args.positional[0]?.kind === 'string' ? evaluateText(args, context) : (args.positional[0] ?? NONE),
  'copy.copy': ({ positional }) => copyValue(positional[0] ?? NONE, false),
  'copy.deepcopy': ({ positional }) => copyValue(positional[0] ?? NONE, true),
  'operator.mul': operatorCall('*'),
  'operator.add': operatorCall('+'),
  'operator.sub': operatorCall('-'),
  'operator.truediv': operatorCall('/'),
  'operator.floordiv': operatorCall('//'),
  'os.path.join': joined,
  'os.path.basename': ofText((text) => string(text.split('/').pop() ?? text)),
  'os.path.dirname': ofText((text) => string(folderOf(text))),
  'os.path.abspath': ofText(string),
  'os.path.realpath': ofText(string),
  'os.path.expanduser': ofText(string),
  'os.path.splitext': ofText((text) => {
    const dot = text.lastIndexOf('.');
    return dot <= text.lastIndexOf('/')
      ? tuple([string(text), string('')])
      : tuple([string(text.slice(0, dot)), string(text.slice(dot))]);
  }),
  'os.getcwd': (_given, { machine }) => {
    const [main] = machine.units.values();
    return string(main === undefined ? '' : folderOf(main.path));
  },
  'os.makedirs': () => NONE,
  'os.mkdir': () => NONE,
  'os.environ.setdefault': () => NONE,
  'sys.path.append': addSearchPath,
  'sys.path.insert': ({ positional }, context) => addSearchPath(args(positional[1] ?? NONE), context),
  // A path is its text; `/` between texts joins them (interpreter/python/operators.ts).
  'pathlib.Path': joined,
  'pathlib.PurePath': joined,
  'pathlib.Path.cwd': (_given, { machine }) => {
    const [main] = machine.units.values();
    return string(main === undefined ? '' : folderOf(main.path));
  },
  'importlib.import_module': importNamed,
  'sys.exit': () => NONE,
  'dataclasses.dataclass': decorator,
  'dataclasses.field': fieldOf,
  'typing.cast': ({ positional }) => positional[1] ?? NONE,
  'typing.TypeVar': () => unknown('a type variable'),
  'typing.NamedTuple': namedtuple,
  'numbers.Number': () => unknown('a number'),
  'random.seed': () => NONE,
  'warnings.warn': () => NONE,
  'warnings.filterwarnings': () => NONE,
  'logging.getLogger': () => unknown('a logger'),
};

/** `import_module('models.' + name)`, from where it is called; a package may be given for a relative name. */
function importNamed({ positional, keywords }: CallArguments, { machine }: CallContext): Value {
  const [name] = positional;
  const from = positional[1] ?? keywords.get('package');
  const top = machine.callSites[machine.callSites.length - 1];
  if (name?.kind !== 'string' || top === undefined) return unknown('which module is imported is not known');
  const isRelative = name.value.startsWith('.') && from?.kind === 'string';
  return machine.current.importPath(machine, top.unit, isRelative ? `${from.value}${name.value}` : name.value);
}

/** `sys.path.append('../x')`: relative to the file that says so. */
function addSearchPath({ positional }: CallArguments, { machine }: CallContext): Value {
  const [path] = positional;
  const top = machine.callSites[machine.callSites.length - 1];
  if (path?.kind === 'string' && top !== undefined) {
    const isBelow = path.value.startsWith(folderOf(top.unit.path)) && folderOf(top.unit.path) !== '';
    machine.searchPaths.push(isBelow ? joinPath('', path.value) : joinPath(folderOf(top.unit.path), path.value));
  }
  return NONE;
}

/** `dataclasses.field(default=…, default_factory=…)`: what it stands for when nothing is given. */
function fieldOf({ keywords }: CallArguments, context: CallContext): Value {
  const factory = keywords.get('default_factory');
  if (factory !== undefined) return builtin('dataclasses.field', () => context.call(factory, args()));
  const given = keywords.get('default');
  return given ?? builtin('dataclasses.field', () => unknown('a field that is not given'));
}

const CONSTANTS: Readonly<Record<string, Value>> = {
  'sys.argv': list([string('main.py')]),
  'sys.version_info': { kind: 'tuple', items: [int(3), int(10), int(0)], names: ['major', 'minor', 'micro'] },
  'sys.maxsize': int(Number.MAX_SAFE_INTEGER),
  'os.sep': string('/'),
  'os.name': string('posix'),
  'typing.TYPE_CHECKING': bool(false),
  'six.PY2': bool(false),
  'six.PY3': TRUE,
};

const ROOTS = new Set([
  'importlib',
  'functools',
  'itertools',
  'collections',
  'copy',
  'operator',
  'os',
  'sys',
  'dataclasses',
  'typing',
  'numbers',
  'random',
  'warnings',
  'logging',
  'time',
  'datetime',
  're',
  'json',
  'yaml',
  'pickle',
  'glob',
  'shutil',
  'abc',
  'enum',
  'types',
  'string',
  'subprocess',
  'threading',
  'multiprocessing',
  'pathlib',
  'six',
  'tqdm',
  'matplotlib',
  'cv2',
  'scipy',
  'skimage',
  'sklearn',
  'pandas',
  'imageio',
  'h5py',
  'tensorboardX',
  'wandb',
  'visdom',
  'einops',
]);

export const standardLibrary: Library = {
  name: 'standard library',
  knows: (path) => CALLS[path] !== undefined || CONSTANTS[path] !== undefined || isStandardModule(path),
  constant(path) {
    const value = CONSTANTS[path.replace(/^six\.moves\./, '')];
    return value === undefined ? null : copyValue(value, false);
  },
  call(path, given, context) {
    const builtinName = /^(?:builtins|six\.moves|__builtin__)\.(\w+)$/.exec(path)?.[1];
    if (builtinName !== undefined) {
      const known = pythonGlobal(builtinName);
      return known === null ? null : context.call(known, given);
    }
    // tqdm shows the progress of a loop and hands its items through.
    if (/^tqdm(\.\w+)*\.(tqdm|trange|tqdm_notebook)$/.test(path)) {
      return path.endsWith('trange')
        ? context.call(pythonGlobal('range') ?? NONE, given)
        : (given.positional[0] ?? given.keywords.get('iterable') ?? NONE);
    }
    return CALLS[path]?.(given, context) ?? callFiles(path, given, context);
  },
  baseClass: (path) => (path === 'typing.NamedTuple' || path === 'abc.ABC' ? { typePaths: [path] } : null),
};

/** Modules that are never looked up in the workspace, unless a file of that name stands there. */
function isStandardModule(path: string): boolean {
  return ROOTS.has(path.split('.')[0] ?? path) && !LOCAL_NAMES.has(path.split('.')[0] ?? path);
}

/** Names that people also give to files of their own. */
const LOCAL_NAMES = new Set([
  'types',
  'string',
  'logging',
  'operator',
  'random',
  'copy',
  'enum',
  'numbers',
  'einops',
  'six',
]);
