/** Round marks of an axis from `low` to `high`, about `nWanted` of them, at least `smallest` apart. */
export function axisTicks(low: number, high: number, nWanted: number, smallest = 0): readonly number[] {
  const raw = Math.max(smallest, (high - low) / Math.max(1, nWanted));
  if (!(raw > 0)) return [low];
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const factors = smallest > 0 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const step = (factors.find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  const first = Math.ceil(low / step - 1e-9);
  // Counted, because adding 1 to a huge index would not change it.
  const nTicks = Math.min(Math.floor((high - first * step) / step + 1e-9) + 1, mostTicks);
  return Array.from({ length: Math.max(0, nTicks) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const mostTicks = 100;
