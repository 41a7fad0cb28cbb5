/** numpy: scalar functions over known numbers, and arrays of known shape. */
import type { Dim } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext, Library } from '../library.ts';
import type { ForeignObject } from '../foreign.ts';
import { NONE, builtin, float, foreign, int, list, unknown } from '../values.ts';
import type { Value } from '../values.ts';
import { unknownNumber } from '../unknownNumbers.ts';
import { arithmetic, asNumber } from '../python/operators.ts';
import { pythonGlobal } from '../python/builtins.ts';
import { arrayLike, arrayOf, arrayOfLeading, arrayValue } from './arrayObject.ts';
import { computeMath } from './mathLibrary.ts';

const CONSTANTS: Readonly<Record<string, Value>> = {
  pi: float(Math.PI),
  e: float(Math.E),
  inf: float(Number.MAX_VALUE),
  newaxis: NONE,
};

/** numpy's number types convert like Python's. */
const TYPES = /^(int|int8|int16|int32|int64|uint8|intp|int_)$/;
const FLOATS = /^(float|float16|float32|float64|float_)$/;

export const numpyLibrary: Library = {
  name: 'numpy',
  knows: (path) => path === 'numpy' || path.startsWith('numpy.'),
  constant(path) {
    return path.startsWith('numpy.') ? (CONSTANTS[path.slice(6)] ?? null) : null;
  },
  call(path, args, context) {
    return path.startsWith('numpy.') ? callNumpy(path.slice(6), args, context) : null;
  },
};

function callNumpy(name: string, args: CallArguments, context: CallContext): Value {
  const [first] = args.positional;
  const labels = arrayOf(first)?.nClasses ?? null;
  if (labels !== null && name === 'unique' && args.keywords.size === 0)
    return arrayValue([labels], list(Array.from({ length: labels }, (_unused, idx) => int(idx))));
  if (labels !== null && /^a?max$/.test(name)) return int(labels - 1);
  if (TYPES.test(name)) return convert('int', args, context);
  if (FLOATS.test(name)) return convert('float', args, context);
  if (/^(prod|product|sum|max|min|amax|amin|mean)$/.test(name)) return reduce(name, args, context);
  if (/^(power|float_power|add|subtract|multiply|divide|true_divide|floor_divide|mod|maximum|minimum)$/.test(name)) {
    return elementwise(name, args);
  }
  const numbers = args.positional.map(asNumber);
  if (numbers.length > 0 && !numbers.includes(null)) {
    const [only] = numbers;
    if ((name === 'abs' || name === 'absolute') && only?.isInteger === true) return int(Math.abs(only.value));
    const result = name === 'abs' || name === 'absolute' ? computeMath('fabs', numbers) : computeMath(name, numbers);
    // numpy's ceil and floor give floats.
    if (result !== null)
      return result.kind === 'number' && /^(ceil|floor|trunc|rint|round)$/.test(name) ? float(result.value) : result;
    if (name === 'round' || name === 'rint') return float(Math.round(numbers[0]?.value ?? 0));
  }
  if (/^(array|asarray|asanyarray|ascontiguousarray|stack|float32)$/.test(name)) return fromData(first, context);
  if (/^(zeros|ones|empty|full)$/.test(name)) return arrayValue(dimsOf(first ?? args.keywords.get('shape')));
  if (/_like$/.test(name)) return arrayValue(arrayOf(first)?.shape ?? null);
  if (name.startsWith('random.')) return random(name.slice(7), args);
  if (name === 'arange' || name === 'linspace') return sequence(name, args, context);
  if (name === 'expand_dims') {
    const shape = arrayOf(first)?.shape ?? null;
    const axis = args.positional[1] ?? args.keywords.get('axis');
    if (shape === null || axis?.kind !== 'number') return arrayValue(null);
    const at = axis.value < 0 ? shape.length + 1 + axis.value : axis.value;
    return arrayValue([...shape.slice(0, at), 1, ...shape.slice(at)]);
  }
  if (/^(rot90|fliplr|flipud|flip|swapaxes|rollaxis|moveaxis)$/.test(name)) return turned(name, first);
  if (name === 'transpose' || name === 'reshape') {
    const array = arrayOf(first);
    if (array === null) return arrayValue(null);
    return context.call(context.getAttribute(first ?? NONE, name), { ...args, positional: args.positional.slice(1) });
  }
  if (/^(shape|ndim|size)$/.test(name) && first !== undefined && args.positional.length === 1) {
    const source = arrayOf(first) === null ? fromData(first, context) : first;
    return arrayOf(source) === null ? unknown('a value of an array') : context.getAttribute(source, name);
  }
  if (name === 'concatenate' || name === 'vstack') return joined(args, context);
  const array = arrayOf(first);
  if (array !== null && ELEMENTWISE.has(name)) return arrayLike(array);
  // A tensor of another library does it with its own method of that name.
  const own = first?.kind === 'foreign' && ELEMENTWISE.has(name) ? context.getAttribute(first, name) : null;
  if (own !== null && own.kind !== 'unknown')
    return context.call(own, { ...args, positional: args.positional.slice(1) });
  return unknown(`what numpy.${name} gives is not known`);
}

const ELEMENTWISE = new Set(
  'sqrt exp log abs clip sin cos tanh square round floor ceil copy flip sort roll'.split(' '),
);

/** Turned by some quarter turns, a square stays as it is; mirrored, everything does. */
function turned(name: string, value: Value | undefined): Value {
  const array = arrayOf(value);
  if (array === null) return unknown(`what numpy.${name} gives is not known`);
  if (name.startsWith('flip')) return arrayLike(array);
  if (name !== 'rot90') return arrayValue(array.shape === null ? null : array.shape.map((): Dim => '?'));
  const dims = array.shape ?? array.leading;
  const [height = '?', width = '?'] = dims;
  const turnedDims: Dim[] = height === width ? [...dims] : ['?', '?', ...dims.slice(2)];
  return array.shape === null ? arrayOfLeading(turnedDims) : arrayValue(turnedDims);
}

/** Arrays one after another along an axis, by default the first. */
function joined(args: CallArguments, context: CallContext): Value {
  const [first, second] = args.positional;
  const shapes = (first === undefined ? null : context.iterate(first))?.map((part) => arrayOf(part)?.shape ?? null);
  const at = second ?? args.keywords.get('axis') ?? int(0);
  const [shape] = shapes ?? [];
  if (shapes === undefined || shape == null || at.kind !== 'number') return arrayValue(null);
  const axis = at.value < 0 ? shape.length + at.value : at.value;
  const sizes = shapes.map((other) => other?.[axis] ?? '?');
  const total = sizes.reduce<Dim>((sum, size) => (sum === '?' || size === '?' ? '?' : sum + size), 0);
  return arrayValue(shape.map((dim, idx) => (idx === axis ? total : dim)));
}

function convert(type: 'int' | 'float', args: CallArguments, context: CallContext): Value {
  const [first] = args.positional;
  if (arrayOf(first) !== null && first !== undefined) return first;
  const builtin = pythonGlobal(type);
  return builtin === null ? NONE : context.call(builtin, args);
}

function reduce(name: string, args: CallArguments, context: CallContext): Value {
  const [first] = args.positional;
  if (first === undefined || args.keywords.has('axis') || args.positional.length > 1)
    return unknown('a value of an array');
  const single = asNumber(first);
  if (single !== null) return single;
  const items = flatten(first, context);
  if (items === null || items.length === 0) return first.kind === 'unknown' ? first : unknown('a value of an array');
  const numbers = items.map(asNumber);
  if (numbers.includes(null)) return items.find((item) => item.kind === 'unknown') ?? unknown('a value of an array');
  const values = numbers.map((number) => number?.value ?? 0);
  const make = numbers.every((number) => number?.isInteger === true) ? int : float;
  if (name.startsWith('prod')) return make(values.reduce((total, value) => total * value, 1));
  if (name === 'sum') return make(values.reduce((total, value) => total + value, 0));
  if (name === 'mean') return float(values.reduce((total, value) => total + value, 0) / values.length);
  return make(name.endsWith('max') ? Math.max(...values) : Math.min(...values));
}

function flatten(value: Value, context: CallContext): readonly Value[] | null {
  const array = arrayOf(value);
  const source = array === null ? value : array.content;
  if (source === null) return null;
  const items = context.iterate(source);
  if (items === null) return null;
  const flat = items.map((item) => (item.kind === 'list' || item.kind === 'tuple' ? flatten(item, context) : [item]));
  return flat.includes(null) ? null : flat.flatMap((item) => item ?? []);
}

function elementwise(name: string, args: CallArguments): Value {
  const [left, right] = args.positional.map(asNumber);
  if (left == null || right == null) {
    const array = arrayOf(args.positional[0]) ?? arrayOf(args.positional[1]);
    return array === null ? unknown('a value that is not known') : arrayValue(array.shape);
  }
  const operators: Readonly<Record<string, Parameters<typeof arithmetic>[0]>> = {
    power: '**',
    float_power: '**',
    add: '+',
    subtract: '-',
    multiply: '*',
    divide: '/',
    true_divide: '/',
    floor_divide: '//',
    mod: '%',
  };
  const operator = operators[name];
  if (operator === undefined) return (name === 'maximum') === left.value > right.value ? left : right;
  return arithmetic(operator, left, right) ?? unknown('a value that is not known');
}

function fromData(value: Value | undefined, context: CallContext): Value {
  if (value === undefined) return unknown('an array of nothing');
  if (arrayOf(value) !== null) return value;
  const items =
    value.kind === 'list' || value.kind === 'tuple' || value.kind === 'range' ? context.iterate(value) : null;
  if (items === null) return value.kind === 'number' ? value : arrayValue(null);
  const inner = items[0] === undefined ? [] : nestedDims(items[0]);
  return arrayValue(inner === null ? null : [items.length, ...inner], list([...items]));
}

function nestedDims(value: Value): Dim[] | null {
  if (value.kind === 'number') return [];
  const array = arrayOf(value);
  if (array !== null) return array.shape === null ? null : [...array.shape];
  if (value.kind !== 'list' && value.kind !== 'tuple') return null;
  const inner = value.items[0] === undefined ? [] : nestedDims(value.items[0]);
  return inner === null ? null : [value.items.length, ...inner];
}

function dimsOf(value: Value | undefined): Dim[] | null {
  if (value === undefined) return null;
  if (value.kind === 'number') return [value.value];
  if (value.kind === 'unknown') return ['?'];
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.unknown !== null)) return null;
  return value.items.map((item) => (item.kind === 'number' ? item.value : '?'));
}

/** Positions of the size among the arguments of numpy's random functions. */
const SIZE_POSITION: Readonly<Record<string, number>> = {
  normal: 2,
  uniform: 2,
  randint: 2,
  choice: 1,
  binomial: 2,
  standard_normal: 0,
  beta: 2,
};

function random(name: string, args: CallArguments): Value {
  if (name === 'randn' || name === 'rand') {
    if (args.positional.length === 0) return unknownNumber('a random number');
    return arrayValue(args.positional.map((value): Dim => (value.kind === 'number' ? value.value : '?')));
  }
  if (name === 'seed') return NONE;
  if (name === 'RandomState' || name === 'default_rng') return foreign(generator());
  if (name === 'random' || name === 'random_sample' || name === 'ranf') {
    const size = args.positional[0] ?? args.keywords.get('size');
    return size === undefined || size.kind === 'none' ? unknownNumber('a random number') : arrayValue(dimsOf(size));
  }
  if (/^(multinomial|dirichlet|multivariate_normal)$/.test(name)) return randomVectors(name, args);
  if (name === 'permutation' || name === 'shuffle') {
    const [first] = args.positional;
    return first?.kind === 'number' ? arrayValue([first.value]) : arrayValue(arrayOf(first)?.shape ?? null);
  }
  const position = SIZE_POSITION[name];
  const size = args.keywords.get('size') ?? (position === undefined ? undefined : args.positional[position]);
  if (size === undefined || size.kind === 'none') return unknownNumber('a random number');
  return arrayValue(dimsOf(size));
}

/** `RandomState(seed)`: the same functions as methods. */
function generator(): ForeignObject {
  return {
    typeName: 'RandomState',
    typePaths: ['numpy.random.RandomState'],
    truth: () => true,
    attribute: (name) => builtin(name, (args) => random(name === 'integers' ? 'randint' : name, args)),
  };
}

/** Draws of whole vectors: as many dimensions as the size says, and one of the vector's length. */
function randomVectors(name: string, args: CallArguments): Value {
  const at = name === 'dirichlet' ? 0 : name === 'multinomial' ? 1 : 0;
  const vector = args.positional[at] ?? args.keywords.get(name === 'multinomial' ? 'pvals' : 'alpha');
  const length: Dim =
    arrayOf(vector)?.shape?.[0] ?? (vector?.kind === 'list' && vector.unknown === null ? vector.items.length : '?');
  const size = args.keywords.get('size') ?? args.positional[name === 'dirichlet' ? 1 : 2];
  if (size === undefined || size.kind === 'none') return arrayValue([length]);
  const dims = dimsOf(size);
  return arrayValue(dims === null ? null : [...dims, length]);
}

function sequence(name: string, args: CallArguments, context: CallContext): Value {
  const numbers = args.positional.map((value) => asNumber(value)?.value ?? null);
  if (numbers.length === 0 || numbers.includes(null)) return arrayValue(['?']);
  const [first = 0, second, third] = numbers as number[];
  if (name === 'linspace') {
    const count = third ?? 50;
    if (count > context.machine.limits.items || count < 1) return arrayValue([count]);
    const stop = second ?? 0;
    const gap = count === 1 ? 0 : (stop - first) / (count - 1);
    return arrayValue([count], list(Array.from({ length: count }, (_unused, idx) => float(first + idx * gap))));
  }
  const start = second === undefined ? 0 : first;
  const stop = second ?? first;
  const gap = third ?? 1;
  const count = Math.max(0, Math.ceil((stop - start) / gap));
  if (!Number.isFinite(count) || count > context.machine.limits.items) return arrayValue(['?']);
  const make = numbers.every(Number.isInteger) ? int : float;
  return arrayValue([count], list(Array.from({ length: count }, (_unused, idx) => make(start + idx * gap))));
}
