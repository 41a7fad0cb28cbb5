/**
 * The measured speed of training with compressed weights, as a number with its spread, and what it does and does
 * not say beside the document's.
 */
import { formatMilliseconds } from '../../../core/format/numbers.ts';
import { html, type Markup } from './html.ts';
import type { ReportData } from './reportData.ts';
import { ratioText } from './reportNumbers.ts';

/** null where nothing was compressed, or an earlier version made the run. */
export function speedSection({ speed, backend, threads }: ReportData): Markup | null {
  if (speed === null) return null;
  const { layersG, layersD, nPairs, fullMs, compressedMs, ratio } = speed;
  const where = [
    ...(layersG.length === 0 ? [] : [`${layersG.join(', ')} of the generator`]),
    ...(layersD.length === 0 ? [] : [`${layersD.join(', ')} of the discriminator`]),
  ].join(' and ');
  return html`<section aria-labelledby="speed">
    <h2 id="speed">Training speed</h2>
    <p>
      <strong>${ratioText(ratio.median)}</strong> the speed of full precision (middle half of the pairs:
      ${ratioText(ratio.low)} to ${ratioText(ratio.high)}), measured; the document estimates 1.32×.
    </p>
    <p>
      ${nPairs} pairs of training steps in turns in one process (${backend}, ${threads}
      ${threads === 1 ? 'thread' : 'threads'}), the same networks and images: ${formatMilliseconds(fullMs)} a step at
      full precision, ${formatMilliseconds(compressedMs)} with ${where} compressed (medians). This engine multiplies
      compressed weights as floats and computes their signs and scales on top, so about 1× or a little less is to be
      expected; the document counts operations on hardware that multiplies bits. What gets faster is drawing from the
      packed file, which <code>slimwise bench-model</code> times.
    </p>
  </section>`;
}
