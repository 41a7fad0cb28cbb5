/**
 * Transposes numbers on the host: between the engine's canonical axis order and a framework's own,
 * where a weight is stored in a file and no backend need be running.
 */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Axis `j` of the result is axis `axes[j]` of `tensor`, as `tf.transpose` means it. */
export function permuteAxes({ shape, data }: HostTensor, axes: readonly number[]): HostTensor {
  const newShape = axes.map((axis) => shape[axis] ?? 1);
  if (axes.every((axis, i) => axis === i)) return { shape: newShape, data };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const steps = axes.map((axis) => strides[axis] ?? 0);
  const result = new Float32Array(data.length);
  const index = newShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] ?? 0;
    for (let axis = newShape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if ((index[axis] ?? 0) < (newShape[axis] ?? 0)) break;
      from -= (steps[axis] ?? 0) * (newShape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return { shape: newShape, data: result };
}

/** The axes that undo `permuteAxes(…, axes)`. */
export function inverseAxes(axes: readonly number[]): readonly number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}
