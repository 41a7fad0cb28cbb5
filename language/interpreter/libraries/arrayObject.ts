/** numpy arrays: shape, and contents where they are small and known. Arithmetic keeps shapes by broadcasting. */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import { broadcastShapes } from '../../../core/shape/elementwiseShape.ts';
import { binaryValue } from '../operators.ts';
import { sliceLength } from '../unknownNumbers.ts';
import { indexValue } from '../access.ts';
import type { ForeignObject } from '../foreign.ts';
import type { CallContext } from '../library.ts';
import { NONE, builtin, foreign, int, list, tuple, unknown } from '../values.ts';
import type { Value } from '../values.ts';

export interface ArrayObject extends ForeignObject {
  readonly typeName: 'ndarray';
  readonly shape: Shape | null;
  /** The values as nested lists; null where they are not known. */
  readonly content: Value | null;
  /** Its first dimensions where the number of dimensions is not known: then `shape` is null. */
  readonly leading: readonly Dim[];
  /** Labels of a known data set: how many there are, counted from 0; null where it is not that. */
  readonly nClasses: number | null;
}

export function arrayOf(value: Value | undefined): ArrayObject | null {
  return value?.kind === 'foreign' && value.object.typeName === 'ndarray' ? (value.object as ArrayObject) : null;
}

export function arrayValue(shape: Shape | null, content: Value | null = null): Value {
  return foreign(arrayObject(shape, content, null));
}

/** An array of unknown rank that starts with these dimensions: a crop of an image, grey or not. */
export function arrayOfLeading(leading: readonly Dim[]): Value {
  return foreign(arrayObject(null, null, null, leading));
}

/** An array of the same shape, as far as that is known. */
export function arrayLike({ shape, leading }: ArrayObject): Value {
  return foreign(arrayObject(shape, null, null, leading));
}

/** The labels of a data set. */
export function labelsValue(shape: Shape, nClasses: number): Value {
  return foreign(arrayObject(shape, null, nClasses));
}

function dimValue(dim: Dim | undefined): Value {
  return typeof dim === 'number' ? int(dim) : unknown('this dimension is not known');
}

const SAME = new Set('astype copy clip round squeeze_ view_ conj'.split(' '));

function arrayObject(
  shape: Shape | null,
  content: Value | null,
  nClasses: number | null,
  leading: readonly Dim[] = [],
): ArrayObject {
  const self: ArrayObject = {
    typeName: 'ndarray',
    typePaths: ['numpy.ndarray'],
    get shape() {
      return shape;
    },
    get content() {
      return content;
    },
    nClasses,
    leading,
    attribute(name, context) {
      if (name === 'shape') return shape === null ? leadingShape(leading) : tuple(shape.map(dimValue));
      if (name === 'ndim') return shape === null ? unknown('the rank of an array') : int(shape.length);
      if (name === 'size') return sizeOf(shape);
      if (name === 'T') return arrayValue(shape === null ? null : [...shape].reverse());
      if (SAME.has(name)) return builtin(name, () => foreign(self));
      if (name === 'tolist') return builtin(name, () => content ?? unknown('the values of an array'));
      if (name === 'item')
        return builtin(name, () => (content?.kind === 'number' ? content : unknown('a value of an array')));
      if (name === 'resize') {
        // In place, and unlike `reshape` to any number of values.
        return builtin(name, (args) => {
          const [first] = args.positional;
          const items = first?.kind === 'tuple' || first?.kind === 'list' ? first.items : args.positional;
          shape = items.map((item): Dim => (item.kind === 'number' ? item.value : '?'));
          content = null;
          return NONE;
        });
      }
      if (name === 'reshape') return builtin(name, (args) => arrayValue(reshaped(shape, args.positional)));
      if (name === 'flatten' || name === 'ravel') return builtin(name, () => arrayValue(reshaped(shape, [int(-1)])));
      if (name === 'transpose')
        return builtin(name, (args) =>
          args.positional.length === 0 && shape === null
            ? arrayValue(null)
            : arrayValue(transposed(shape ?? leading, args.positional)),
        );
      if (name === '__int__')
        return builtin(name, () =>
          content?.kind === 'number' ? int(Math.trunc(content.value)) : unknown('a value of an array'),
        );
      if (name === '__float__') return builtin(name, () => content ?? unknown('a value of an array'));
      if (name === 'max' && nClasses !== null) return builtin(name, () => int(nClasses - 1));
      if (/^(mean|sum|max|min|std|prod)$/.test(name)) {
        return builtin(name, (args) =>
          args.positional.length === 0 && args.keywords.size === 0 && content !== null
            ? context.call(
                { kind: 'external', path: `numpy.${name}` },
                { positional: [content], keywords: new Map(), open: null },
              )
            : unknown('a value of an array'),
        );
      }
      return null;
    },
    index(index, context) {
      if (content !== null && (index.kind === 'number' || index.kind === 'slice')) {
        const part = indexValue(context.machine, content, index);
        if (part.kind === 'number') return part;
        const inner = shape === null || index.kind === 'slice' ? null : shape.slice(1);
        const length = part.kind === 'list' ? part.items.length : null;
        return arrayValue(inner ?? (length === null || shape === null ? null : [length, ...shape.slice(1)]), part);
      }
      return shape === null ? leadingOfIndexed(leading, index) : arrayValue(indexedShape(shape, index));
    },
    setIndex: () => true,
    setAttribute(name, value) {
      // `images.shape = images.shape + (1,)`
      if (name === 'shape' && value.kind === 'tuple')
        shape = value.items.map((item): Dim => (item.kind === 'number' ? item.value : '?'));
      return true;
    },
    binary(operator, other, reflected, context) {
      const right = arrayOf(other);
      if (right !== null) {
        const result = broadcastShapes([shape, right.shape]);
        return arrayValue(result.kind === 'shape' ? result.shape : null);
      }
      if (other.kind === 'unknown') return unknown(other.reason);
      if (content?.kind === 'list' && content.unknown === null && other.kind === 'number') {
        const items = content.items.map((item) =>
          reflected
            ? binaryValue(context.machine, operator, other, item)
            : binaryValue(context.machine, operator, item, other),
        );
        if (items.every(({ kind }) => kind === 'number')) return arrayValue(shape, list(items));
      }
      return arrayLike(self);
    },
    unary: () => arrayLike(self),
    compare: (operator, other) =>
      other.kind === 'none' && (operator === '==' || operator === '!=')
        ? { kind: 'bool', value: operator === '!=' }
        : operator === 'in' || operator === 'not in'
          ? null
          : arrayValue(shape),
    iterate(context: CallContext) {
      if (content?.kind === 'list' && content.unknown === null) return content.items;
      const [first] = shape ?? [];
      if (typeof first !== 'number' || first > 512) return null;
      return Array.from({ length: first }, (_unused, idx) => self.index?.(int(idx), context) ?? unknown('a value'));
    },
    join(other) {
      const array = arrayOf(foreign(other));
      if (array === null) return null;
      if (shape !== null && array.shape !== null)
        return arrayObject(shape.length === array.shape.length ? commonDims(shape, array.shape) : null, null, null);
      return arrayObject(null, null, null, commonDims(shape ?? leading, array.shape ?? array.leading));
    },
    sample: () => arrayValue(shape === null ? null : shape.slice(1)),
    length: () => dimValue(shape?.[0]),
    truth: () => null,
  };
  return self;
}

/** The shape of an array of unknown rank: `height, width = image.shape[:2]`. */
function leadingShape(leading: readonly Dim[]): Value {
  const lost = unknown('the shape of an array');
  if (leading.length === 0) return lost;
  return foreign({
    typeName: 'shape',
    typePaths: ['tuple'],
    truth: () => true,
    iterate: () => null,
    length: () => unknown('the rank of an array'),
    index(at) {
      if (at.kind === 'number') return at.value < 0 || at.value >= leading.length ? lost : dimValue(leading[at.value]);
      if (at.kind !== 'slice' || at.upper?.kind !== 'number' || at.step !== null) return lost;
      const first = at.lower === null ? 0 : at.lower.kind === 'number' ? at.lower.value : -1;
      const isInside = first >= 0 && at.upper.value >= first && at.upper.value <= leading.length;
      return isInside ? tuple(leading.slice(first, at.upper.value).map(dimValue)) : lost;
    },
  });
}

/** What two arrays agree on, as far as both have dimensions. */
function commonDims(left: readonly Dim[], right: readonly Dim[]): Dim[] {
  return left.slice(0, right.length).map((dim, axis): Dim => (dim === right[axis] ? dim : '?'));
}

function sizeOf(shape: Shape | null): Value {
  if (shape === null || shape.includes('?')) return unknown('the size of an array');
  return int(shape.reduce<number>((total, dim) => total * (dim as number), 1));
}

function reshaped(shape: Shape | null, args: readonly Value[]): Shape | null {
  const [first] = args;
  const items = first?.kind === 'tuple' || first?.kind === 'list' ? first.items : args;
  const dims = items.map((item): Dim => (item.kind === 'number' ? item.value : '?'));
  const at = dims.indexOf(-1);
  if (at < 0) return dims;
  const total = sizeOf(shape);
  const rest = dims.reduce<number>((product, dim, idx) => (idx === at || dim === '?' ? product : product * dim), 1);
  const isKnown = total.kind === 'number' && !dims.includes('?') && rest > 0;
  return dims.map((dim, idx) => (idx === at ? (isKnown ? (total as { value: number }).value / rest : '?') : dim));
}

function transposed(shape: readonly Dim[], args: readonly Value[]): Shape | null {
  const [first] = args;
  const items = first?.kind === 'tuple' || first?.kind === 'list' ? first.items : args;
  if (items.length === 0) return [...shape].reverse();
  return items.map((item): Dim => (item.kind === 'number' ? (shape[item.value] ?? '?') : '?'));
}

function indexedShape(shape: Shape, index: Value): Shape | null {
  const parts = index.kind === 'tuple' ? index.items : [index];
  const dims: Dim[] = [];
  let axis = 0;
  for (const part of parts) {
    if (part.kind === 'none') dims.push(1);
    else if (part.kind === 'number') axis++;
    else if (part.kind === 'slice') {
      dims.push(sliceLength(part, shape[axis] ?? '?'));
      axis++;
    } else if (part.kind === 'list' && part.unknown === null) {
      dims.push(part.items.length);
      axis++;
    } else return null;
  }
  return [...dims, ...shape.slice(axis)];
}

/** What an index leaves of an array of unknown rank: its first dimensions. */
function leadingOfIndexed(leading: readonly Dim[], index: Value): Value {
  const parts = index.kind === 'tuple' ? index.items : [index];
  if (parts[parts.length - 1]?.kind === 'ellipsis') return leadingOfIndexed(leading, tuple(parts.slice(0, -1)));
  if (parts.some(({ kind }) => kind === 'ellipsis' || kind === 'unknown' || kind === 'foreign'))
    return arrayValue(null);
  const dims = indexedShape([...leading, ...parts.slice(leading.length).map((): Dim => '?')], index);
  return dims === null ? arrayValue(null) : arrayOfLeading(dims);
}
