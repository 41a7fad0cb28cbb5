/**
 * Numbers for people, written the same way by the editor, the panel, the command line and the report: bytes,
 * durations, counts, signed degrees of redundancy, SWD. Each is pure and never rounds a value to something
 * that it is not: no four digits before a unit, `0 B` is zero, small values keep their digits, a minus is a
 * real minus, and a number that is absent or not finite is `–`.
 */
export const absent = '–';

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const countUnits = ['', 'K', 'M', 'G', 'T', 'P'] as const;

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

/** `12 s`, `3 min 05 s`, `42 min`, `2 h 07 min`: two units at most, and no more than the reader needs. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return absent;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${pad(whole % 60)} s`}`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${pad(minutes % 60)} min`}`;
}

/** `0.62 ms`, `12.5 ms`, `1.30 s`: three digits, for what a computation takes. */
export function formatMilliseconds(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return absent;
  const [value, unit] = Math.abs(ms) >= 999.5 ? [ms / 1000, 's'] : [ms, 'ms'];
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits).replace('-', '−')} ${unit}`;
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

/** Three digits and one letter, `2.10M`, `33.6M`, `819K`; fewer `digits` on demand; below 1000 in full. */
export function formatCount(count: number | null, digits: 1 | 2 | 3 = 3): string {
  if (count === null || !Number.isFinite(count)) return absent;
  let unitIdx = 0;
  let scaled = count;
  while (unitIdx + 1 < countUnits.length && Math.abs(Number(significant(scaled, digits))) >= 1000) {
    scaled /= 1000;
    unitIdx++;
  }
  return `${unitIdx === 0 ? String(Math.round(scaled)) : significant(scaled, digits)}${countUnits[unitIdx] ?? ''}`;
}

/** Every digit, thousands separated by commas, for formulas: `2,097,152`. */
export function formatExact(value: number): string {
  return groupThousands(value, ',');
}

/** Every digit with thin spaces between thousands, for steps and table cells: `1 234 567`. */
export function formatWhole(count: number | null): string {
  return count === null || !Number.isFinite(count) ? absent : groupThousands(Math.round(count), '\u2009');
}

/** With its sign always: `+496`, `−128`, `0`. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}

/** A part of a whole: `59 %`, and `0.3 %` below one percent. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const percent = (100 * part) / whole;
  return `${percent >= 1 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** A degree of redundancy: its sign is its message, so it is always written. */
export function formatDor(dor: number): string {
  return dor > 0 ? `+${formatWhole(dor)}` : formatWhole(dor);
}

/** `digits` significant digits, but never fewer than the whole part has. */
function significant(value: number, digits: number): string {
  const wholeDigits = Math.max(1, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1);
  return value.toFixed(Math.max(0, digits - wholeDigits));
}

function groupThousands(value: number, separator: string): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+(?!\d))/g, separator);
  return value < 0 ? `−${digits}` : digits;
}

function pad(value: number): string {
  return value.toString().padStart(2, '0');
}
