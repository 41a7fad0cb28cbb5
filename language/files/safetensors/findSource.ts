/**
 * The source that a file of weights belongs to: sources in its folder and the folder above are analysed, those
 * that share its name first, and the model whose weights fit best is taken. Nothing is taken that fits badly.
 * Bounded in files and in their length; the analysis itself is bounded in steps.
 */
import type { TensorEntry } from '../../../core/tensors/safetensorsHeader.ts';
import { analyzeFile } from '../../analyze.ts';
import type { SourceHost } from '../../sourceHost.ts';
import { matchSource, type SourceMatch } from './matchSource.ts';

const maxFiles = 16;
const maxLength = 200_000;
const mostSteps = 2_000_000;
/** Below this share of fitting weights, a model and a file have nothing to do with each other. */
const leastShare = 0.5;

export function findSource(host: SourceHost, path: string, entries: readonly TensorEntry[]): SourceMatch | null {
  let best: SourceMatch | null = null;
  for (const source of candidates(host, path)) {
    for (const graph of analyzeFile(host, source, { limits: { steps: mostSteps } }).graphs) {
      const match = matchSource(entries, graph);
      if (match.share > (best?.share ?? 0)) best = match;
    }
    if (best?.share === 1) break;
  }
  return best !== null && best.share >= leastShare ? best : null;
}

function candidates(host: SourceHost, path: string): readonly string[] {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  const stem = path.slice(folder === '' ? 0 : folder.length + 1).replace(/\.[^.]*$/, '');
  const found: string[] = [];
  for (const place of new Set([folder, parent])) {
    for (const name of host.list(place)) {
      if (!/\.(py|[cm]?[jt]s|[jt]sx|html?|vue|svelte)$/.test(name) || /\.d\.[cm]?ts$/.test(name)) continue;
      found.push(place === '' ? name : `${place}/${name}`);
    }
  }
  const closeness = (file: string): number => commonPrefix(file.slice(file.lastIndexOf('/') + 1), stem);
  return found
    .sort((a, b) => closeness(b) - closeness(a))
    .filter((file) => {
      const text = host.read(file);
      return text !== null && text.length <= maxLength && /\b(torch|keras|tensorflow|tf)\b/.test(text);
    })
    .slice(0, maxFiles);
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length]?.toLowerCase() === b[length]?.toLowerCase()) length++;
  return length;
}
