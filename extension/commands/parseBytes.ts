/** `4 MiB`, `512KB`, `65536` → bytes; null for anything else. K, M, G with `i` are binary, without it decimal. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmg])(i?)b?|b)?\s*$/i.exec(text);
  if (match === null) return null;
  const [, digits = '', unit = '', binary = ''] = match;
  const power = ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
  const bytes = Math.round(Number(digits) * (binary === '' ? 1000 : 1024) ** power);
  return 0 < bytes && Number.isSafeInteger(bytes) ? bytes : null;
}
