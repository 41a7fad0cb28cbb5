/**
 * Writes the ONNX graph of one flush, with the shape of every tensor known. Identical nodes are written
 * once, transposes that move only dimensions of size 1 become reshapes, and an operand keeps every form
 * it was ever given. Holds no TF.js state.
 */
import type { OnnxAttribute, OnnxInitializer, OnnxNode, OnnxType } from '../onnx/onnxModel.ts';
import type { Operand, Sym } from './operand.ts';
import { identityPerm, samePerm, sizeOf } from './operand.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

export interface Out {
  readonly dtype: OnnxType;
  readonly dims: readonly number[];
}

export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  private readonly known = new Map<string, readonly Sym[]>();
  private nNames = 0;

  /** One node with one output. `null` leaves an optional input out. */
  op(type: string, inputs: readonly (Sym | null)[], out: Out, attributes: Attributes = {}, domain = ''): Sym {
    const [only] = this.ops(type, inputs, [out], attributes, domain);
    if (only === undefined) throw new Error(`${type} was written without an output`);
    return only;
  }

  ops(
    type: string,
    inputs: readonly (Sym | null)[],
    outs: readonly Out[],
    attributes: Attributes = {},
    domain = '',
  ): readonly Sym[] {
    const names = inputs.map((input) => input?.name ?? '');
    const key = `${domain}/${type}(${names.join()})${JSON.stringify(attributes)}${outs.length}`;
    const seen = this.known.get(key);
    if (seen !== undefined) return seen;
    const outputs = outs.map((out): Sym => ({ name: this.freshName(), dtype: out.dtype, dims: out.dims }));
    this.nodes.push({ type, domain, inputs: names, outputs: outputs.map((output) => output.name), attributes });
    this.known.set(key, outputs);
    return outputs;
  }

  freshName(): string {
    this.nNames += 1;
    return `t${this.nNames}`;
  }

  constant(dtype: OnnxType, dims: readonly number[], values: readonly number[]): Sym {
    const key = `constant ${dtype} ${dims.join()} ${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join()}`;
    const seen = this.known.get(key)?.[0];
    if (seen !== undefined) return seen;
    const sym: Sym = { name: this.freshName(), dtype, dims };
    this.initializers.push({ ...sym, bytes: littleEndian(dtype, values) });
    this.known.set(key, [sym]);
    return sym;
  }

  scalar(value: number, dtype: OnnxType = 'float32'): Sym {
    return this.constant(dtype, [], [value]);
  }

  int64(values: readonly number[]): Sym {
    return this.constant('int64', [values.length], values);
  }

  unary(type: string, x: Sym, attributes: Attributes = {}): Sym {
    return this.op(type, [x], { dtype: x.dtype, dims: x.dims }, attributes);
  }

  /** With ONNX's broadcasting, which is TF.js's. */
  binary(type: string, a: Sym, b: Sym, dtype: OnnxType = a.dtype, attributes: Attributes = {}): Sym {
    return this.op(type, [a, b], { dtype, dims: broadcastDims(a.dims, b.dims) }, attributes);
  }

  where(condition: Sym, a: Sym, b: Sym): Sym {
    const dims = broadcastDims(condition.dims, broadcastDims(a.dims, b.dims));
    return this.op('Where', [condition, a, b], { dtype: a.dtype, dims });
  }

  cast(x: Sym, dtype: OnnxType): Sym {
    if (x.dtype === dtype) return x;
    const codes: Record<OnnxType, number> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 };
    return this.op('Cast', [x], { dtype, dims: x.dims }, { to: { int: codes[dtype] } });
  }

  reshape(x: Sym, dims: readonly number[]): Sym {
    if (samePerm(x.dims, dims)) return x;
    return this.op('Reshape', [x, this.int64(dims)], { dtype: x.dtype, dims }, { allowzero: { int: 1 } });
  }

  transpose(x: Sym, perm: readonly number[]): Sym {
    const dims = perm.map((from) => x.dims[from] ?? 1);
    const moved = perm.filter((from) => x.dims[from] !== 1);
    if (moved.every((from, i) => i === 0 || from > (moved[i - 1] ?? 0))) return this.reshape(x, dims);
    return this.op('Transpose', [x], { dtype: x.dtype, dims }, { perm: { ints: perm } });
  }

  /** `type` is a Reduce* operator; the result keeps reduced dimensions as 1 when `keepDims`. */
  reduce(type: string, x: Sym, axes: readonly number[], keepDims: boolean): Sym {
    if (axes.length === 0) return x;
    const dims = x.dims.map((dim, i) => (axes.includes(i) ? 1 : dim)).filter((_, i) => keepDims || !axes.includes(i));
    const out = { dtype: x.dtype, dims };
    return this.op(type, [x, this.int64(axes)], out, { keepdims: { int: keepDims ? 1 : 0 } });
  }

  matMul(a: Sym, b: Sym): Sym {
    const batch = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
    const dims = [...batch, a.dims.at(-2) ?? 1, b.dims.at(-1) ?? 1];
    return this.op('MatMul', [a, b], { dtype: a.dtype, dims });
  }

  /** Copies of `x[starts, starts + sizes)` with constant starts. */
  slice(x: Sym, starts: readonly number[], sizes: readonly number[]): Sym {
    if (samePerm(x.dims, sizes)) return x;
    const ends = starts.map((start, i) => start + (sizes[i] ?? 0));
    return this.op('Slice', [x, this.int64(starts), this.int64(ends)], { dtype: x.dtype, dims: sizes });
  }

  concat(parts: readonly Sym[], axis: number): Sym {
    const [first] = parts;
    if (first === undefined) throw new Error('Concat needs at least one part');
    if (parts.length === 1) return first;
    const dims = [...first.dims];
    dims[axis] = parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0);
    return this.op('Concat', parts, { dtype: first.dtype, dims }, { axis: { int: axis } });
  }

  expand(x: Sym, dims: readonly number[]): Sym {
    if (samePerm(x.dims, dims)) return x;
    return this.op('Expand', [x, this.int64(dims)], { dtype: x.dtype, dims });
  }

  /** The operand with its dimensions in the order `perm`, transposed at most once. */
  form(operand: Operand, perm: readonly number[]): Sym {
    const ready = operand.forms.find((form) => samePerm(form.perm, perm));
    if (ready !== undefined) return ready.sym;
    const [source] = operand.forms;
    if (source === undefined && operand.compact !== undefined) {
      const { compact } = operand;
      const small = this.transpose(
        compact.sym,
        perm.map((logical) => compact.perm.indexOf(logical)),
      );
      const sym = this.expand(
        small,
        perm.map((logical) => operand.shape[logical] ?? 1),
      );
      operand.forms.push({ perm, sym });
      return sym;
    }
    if (source === undefined) throw new Error('An operand without any form');
    const steps = perm.map((logical) => source.perm.indexOf(logical));
    const sym = this.transpose(source.sym, steps);
    operand.forms.push({ perm, sym });
    return sym;
  }

  /** The operand in TF.js's own order of dimensions. */
  plain(operand: Operand): Sym {
    return this.form(operand, identityPerm(operand.shape.length));
  }
}

export function broadcastDims(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

function littleEndian(dtype: OnnxType, values: readonly number[]): Uint8Array {
  const arrays = {
    float32: () => Float32Array.from(values),
    float64: () => Float64Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, (value) => BigInt(value)),
    uint8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values),
  };
  const array = arrays[dtype]();
  return new Uint8Array(array.buffer, 0, array.byteLength);
}

export function totalBytes(dims: readonly number[], dtype: OnnxType): number {
  const widths: Record<OnnxType, number> = { float32: 4, uint8: 1, int32: 4, int64: 8, bool: 1, float64: 8 };
  return sizeOf(dims) * widths[dtype];
}
