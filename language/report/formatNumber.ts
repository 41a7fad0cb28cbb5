/**
 * Counts and bytes as the editor and the command line print them: three significant digits and one
 * letter, `2.10M`, `33.6M`, `819K`. Fewer digits on demand, so that a hint stays within its width.
 * Never rounds across a unit into four digits (999.6K prints as 1.00M), and zero is `0`.
 */
const countUnits = ['', 'K', 'M', 'G', 'T', 'P'] as const;
const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `digits` are significant digits, 1 to 3; whole numbers below 1000 are printed in full. */
export function formatCount(count: number, digits: 1 | 2 | 3 = 3): string {
  const { text, unitIdx } = scale(count, 1000, digits, countUnits.length);
  return `${text}${countUnits[unitIdx] ?? ''}`;
}

/** Binary units: `8.00 MiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  const { text, unitIdx } = scale(bytes, 1024, 3, byteUnits.length);
  return `${text} ${byteUnits[unitIdx] ?? 'B'}`;
}

/** Thousands separated by commas, for formulas: `2,097,152`. */
export function formatExact(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return value < 0 ? `−${digits}` : digits;
}

/** With its sign always, and a real minus: `+496`, `−128`, `0`. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}

/** `59 %`, and `0.3 %` below one percent. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const percent = (100 * part) / whole;
  return `${percent >= 1 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

function scale(value: number, base: number, digits: number, nUnits: number): { text: string; unitIdx: number } {
  let unitIdx = 0;
  let scaled = value;
  while (unitIdx + 1 < nUnits && Number(significant(scaled, digits)) >= Math.min(base, 1000)) {
    scaled /= base;
    unitIdx++;
  }
  return { text: unitIdx === 0 ? String(Math.round(scaled)) : significant(scaled, digits), unitIdx };
}

/** `digits` significant digits, but never fewer than the whole part has. */
function significant(value: number, digits: number): string {
  const wholeDigits = Math.max(1, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1);
  return value.toFixed(Math.max(0, digits - wholeDigits));
}
