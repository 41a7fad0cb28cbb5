/** Whether two values of plain data (records, lists, numbers, texts) say the same. Ends at the first difference. */
export function isSamePlain(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    for (let idx = 0; idx < left.length; idx++) if (!isSamePlain(left[idx], right[idx])) return false;
    return true;
  }
  if (Array.isArray(right)) return false;
  const [one, other] = [left as Readonly<Record<string, unknown>>, right as Readonly<Record<string, unknown>>];
  let nKeys = 0;
  for (const key in one) {
    if (!(key in other) || !isSamePlain(one[key], other[key])) return false;
    nKeys++;
  }
  for (const _key in other) nKeys--;
  return nKeys === 0;
}
