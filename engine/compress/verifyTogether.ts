/**
 * The accepted layers together. Algorithm 1 judges each singly, so together they can still be too much; then
 * the least redundant one is withdrawn and the rest measured again, a few times at most. This verification is
 * ours: PBGen's algorithm ends with the single layers.
 */
export interface JointSearch {
  /** In descending order of redundancy. */
  readonly layers: readonly string[];
  /** The largest accepted value of the metric. */
  readonly limit: number;
  /** Trains and measures with these layers; attempts count from 1. null when the user cancelled. */
  readonly measure: (layers: readonly string[], attempt: number) => Promise<number | null>;
  /** Told of a layer that is given up, with the value that was too large. */
  readonly withdraw: (layer: string, value: number) => void;
}

export interface JointResult {
  readonly layers: readonly string[];
  readonly attempt: number;
  readonly value: number;
}

export const maxAttempts = 3;

/** The last measured set, within the limit or not; null when cancelled. A single layer is never withdrawn. */
export async function verifyTogether({ layers, limit, measure, withdraw }: JointSearch): Promise<JointResult | null> {
  let left = layers;
  for (let attempt = 1; ; attempt++) {
    const value = await measure(left, attempt);
    if (value === null) return null;
    const last = left.at(-1);
    if (value <= limit || last === undefined || left.length === 1 || attempt === maxAttempts) {
      return { layers: left, attempt, value };
    }
    withdraw(last, value);
    left = left.slice(0, -1);
  }
}
