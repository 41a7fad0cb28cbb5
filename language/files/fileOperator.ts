/**
 * One operator of a model file as its conversion sees it: inputs that are tensors or constants. What a conversion
 * answers is an operator of core's table with its weights, or what is wrong. Each format adds its attributes.
 */
import type { OpCall } from '../../core/graph/ops.ts';
import type { Dim, Shape } from '../../core/graph/shape.ts';
import type { ConstValue, FileValue } from './fileGraph.ts';
import { shortName, storedWeights } from './storedWeights.ts';

export interface Converted {
  readonly call: OpCall;
  /** Positions of the inputs that it computes with; the first alone where not said. */
  readonly inputs?: readonly number[];
  /** Position, name and whether trained of each weight. */
  readonly weights?: readonly (readonly [number, string, trainable?: boolean])[];
  readonly shape?: Shape | null;
  readonly unknown?: string;
}

/** A text says what is wrong with the operator. */
export type Convert<T extends FileOperator> = (op: T) => Converted | string;

export const notComputed = 'this is computed while the model runs';

export class FileOperator {
  readonly inputs: readonly (FileValue | null)[];

  constructor(inputs: readonly (FileValue | null)[]) {
    this.inputs = inputs;
  }

  has(idx: number): boolean {
    return (this.inputs[idx] ?? null) !== null;
  }

  /** Positions of all inputs that are given. */
  get all(): readonly number[] {
    return this.inputs.map((_value, idx) => idx).filter((idx) => this.has(idx));
  }

  shape(idx = 0): Shape | null {
    return this.inputs[idx]?.shape ?? null;
  }

  constant(idx: number): ConstValue | null {
    const value = this.inputs[idx] ?? null;
    return value?.kind === 'const' ? value : null;
  }

  /** The shape of an input that is a weight or computed from weights; null where it comes from the data. */
  weight(idx: number): readonly number[] | null {
    return this.constant(idx)?.shape ?? null;
  }

  /** The shape of an input in whole sizes, whether the file stores it or the model computes it. */
  sizes(idx: number): readonly number[] | null {
    const shape = this.shape(idx);
    return shape?.every((dim) => dim !== '?') === true ? (shape as readonly number[]) : null;
  }

  /** Values of a constant input, open sizes included; null where it is no constant or has too many. */
  numbers(idx: number): readonly Dim[] | null {
    return this.constant(idx)?.values ?? null;
  }
}

/** An operator that is not known; its weights are known all the same. */
export function unknownOperator({ inputs, all }: FileOperator, type: string, unknown: string | null): Converted {
  return {
    call: { op: 'unknown', attributes: { type } },
    inputs: all.filter((idx) => inputs[idx]?.kind === 'tensor'),
    weights: all.flatMap((idx) =>
      storedWeights(inputs[idx])
        .slice(0, 1)
        .map(({ weight }) => [idx, shortName(weight, idx)] as const),
    ),
    ...(unknown === null ? {} : { unknown }),
  };
}
