/** Numbers as the report writes them. Nothing is rounded to what it is not; what is absent is a dash. */

export const absent = '–';

/** `4.07 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let size = bytes;
  let unitIdx = 0;
  while (size >= 999.5 && unitIdx < units.length - 1) {
    size /= 1024;
    unitIdx++;
  }
  const digits = unitIdx === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return `${size.toFixed(digits)} ${units[unitIdx] ?? ''}`;
}

/** `4,267,012`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `38.4`, `9.12`, `1,000,000`. */
export function swdText(swd: number): string {
  if (!Number.isFinite(swd)) return absent;
  const size = Math.abs(swd);
  return size >= 1000 ? integerText(swd) : swd.toFixed(size < 10 ? 2 : 1);
}

/** Always with its sign. */
export function deltaText(delta: number): string {
  return `${delta < 0 ? '−' : '+'}${swdText(Math.abs(delta))}`;
}

export function ratioText(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}×` : absent;
}

/** DoR may be negative: a true minus sign. */
export function integerText(value: number): string {
  return `${value < 0 ? '−' : ''}${countText(Math.abs(value))}`;
}

export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Round steps of an axis from `low` to `high`, about `nWanted` of them, at least `smallest` apart. */
export function axisTicks(low: number, high: number, nWanted: number, smallest = 0): readonly number[] {
  const raw = Math.max(smallest, (high - low) / Math.max(1, nWanted));
  if (!(raw > 0)) return [low];
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step =
    ((smallest > 0 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]).find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}
