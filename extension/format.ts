/**
 * Numbers as the editor's own parts (status bar, trees, notifications) write them: short, with their
 * unit, binary bytes. A number that is not finite is `–`, never an invention.
 */
const byteUnits = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** `4.1 MiB`, `0.17 MiB`: two or three digits, and MiB from 0.1 on so that both ends of a saving compare. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  let unitIdx = 0;
  let value = bytes;
  while (unitIdx + 1 < byteUnits.length && value >= (unitIdx === 0 ? 1000 : 102.4)) {
    value /= 1024;
    unitIdx++;
  }
  const digits = unitIdx === 0 || value >= 100 ? 0 : value >= 1 ? 1 : 2;
  return `${value.toFixed(digits)} ${byteUnits[unitIdx] ?? ''}`;
}

/** `8 s`, `3 min`, `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** `2.10M`: three digits and one letter. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–';
  const units = ['', 'K', 'M', 'G', 'T'];
  let unitIdx = 0;
  let value = count;
  while (unitIdx + 1 < units.length && value >= 999.5) {
    value /= 1000;
    unitIdx++;
  }
  if (unitIdx === 0) return String(Math.round(value));
  return `${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)}${units[unitIdx] ?? ''}`;
}

/** Always with its sign, and a real minus: `+496`, `−128`. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}

/** SWD ×10³ with one digit. */
export function formatSwd(swd: number): string {
  return Number.isFinite(swd) ? swd.toFixed(1) : '–';
}
