/**
 * Bits per weight of the compressed layers of a variant, as its plan says them. The plan is data from disk and
 * may be of a newer version: what is not understood is `?`, never a guess.
 */
export function weightBitsText(plan: unknown, layersG: readonly string[]): string {
  if (layersG.length === 0) return '32';
  const stages = isRecord(plan) && Array.isArray(plan['stages']) ? plan['stages'].filter(isRecord) : [];
  const precision = stages.filter((stage) => stage['family'] === 'precision');
  // A search or an experiment alone binarizes.
  if (precision.length === 0) {
    return stages.some(({ family }) => family === 'search' || family === 'settings') ? '1' : '?';
  }
  return [...new Set(precision.map(({ rep }) => bitsOf(rep)))].join(', ');
}

function bitsOf(rep: unknown): string {
  if (!isRecord(rep)) return '?';
  switch (rep['kind']) {
    case 'binary':
      return '1';
    case 'ternary':
      return 'ternary';
    case 'int':
      return typeof rep['bits'] === 'number' ? String(rep['bits']) : '?';
    default:
      return '?';
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
