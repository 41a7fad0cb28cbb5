/** The mean of each value and its `radius` neighbours to each side, fewer at the ends; as many values as came. */
export function movingMean(values: readonly number[], radius: number): readonly number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return values.map((_, i) => {
    const begin = Math.max(0, i - radius);
    const end = Math.min(values.length, i + radius + 1);
    return ((sums[end] ?? 0) - (sums[begin] ?? 0)) / (end - begin);
  });
}
