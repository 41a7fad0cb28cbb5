/**
 * Numbers as the panel writes them: bytes, durations, SWD, counts. Each is pure and never rounds a value
 * to something that it is not (`0 B` is zero, small values keep their digits); a number that is absent
 * or not finite is `–`.
 */
export const absent = '–';

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `4.21 MiB`: three digits, binary units. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return absent;
  let value = Math.abs(bytes);
  let unitIdx = 0;
  // 1023.5 would be printed as 1024: go to the next unit first.
  while (value >= 999.5 && unitIdx < byteUnits.length - 1) {
    value /= 1024;
    unitIdx++;
  }
  const digits = unitIdx === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${bytes < 0 ? '−' : ''}${value.toFixed(digits)} ${byteUnits[unitIdx] ?? ''}`;
}

/** `12 s`, `3 m 05 s`, `2 h 07 m`: two units at most. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return absent;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
}

/** SWD ×10³ with one digit; two below 10. */
export function formatSwd(swd: number | null): string {
  if (swd === null || !Number.isFinite(swd)) return absent;
  return swd.toFixed(Math.abs(swd) < 10 ? 2 : 1).replace('-', '−');
}

/** A difference, always with its sign. */
export function formatDelta(delta: number | null): string {
  if (delta === null || !Number.isFinite(delta)) return absent;
  return delta < 0 ? formatSwd(delta) : `+${formatSwd(delta)}`;
}

/** `22.1×`. */
export function formatRatio(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return absent;
  return `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}×`;
}

/** A share as a percentage with two digits that count: `3.4 %`, `102 %`, `< 0.1 %`. */
export function formatPercent(share: number): string {
  const percent = 100 * share;
  if (!Number.isFinite(percent)) return absent;
  if (0 < percent && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** A loss with four significant digits. */
export function formatLoss(loss: number | null | undefined): string {
  if (loss === null || loss === undefined || !Number.isFinite(loss)) return absent;
  return (Math.abs(loss) >= 0.001 || loss === 0 ? loss.toPrecision(4) : loss.toExponential(2)).replace('-', '−');
}

/** A whole number with thin spaces between thousands. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return absent;
  const digits = Math.abs(Math.round(count)).toString();
  return (count < 0 ? '−' : '') + digits.replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** A degree of redundancy: its sign is its message, so it is always written. */
export function formatDor(dor: number): string {
  return dor > 0 ? `+${formatCount(dor)}` : formatCount(dor);
}

function pad(value: number): string {
  return value.toString().padStart(2, '0');
}
