/**
 * Actions on layers as they are written on the command line: `main.2=binarize`, `fc=quantize:4`,
 * `main.5=low-rank:16`, `main.2=channels:48`, `main.2=prune:25` (percent of its channels).
 */
import { weightBits, type WeightBits } from '../../core/cost/weightBits.ts';
import type { LayerChoice } from '../../language/edits/orderChoices.ts';

export const actionNames =
  'binarize, ternarize, quantize:BITS, full, low-rank:RANK, separable, resize-conv, sub-pixel, channels:COUNT, prune:PERCENT';

/** null: not an action. */
export function parseChoice(text: string): LayerChoice | null {
  const match = /^(.+)=([a-z-]+)(?::(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, layer = '', name = ''] = match;
  const number = match[3] === undefined ? null : Number(match[3]);
  const action = actionOf(name, number);
  return action === null ? null : { layer, action };
}

function actionOf(name: string, number: number | null): LayerChoice['action'] | null {
  if (number === null) {
    switch (name) {
      case 'binarize':
        return { kind: 'bits', bits: 1 };
      case 'ternarize':
        return { kind: 'bits', bits: 'ternary' };
      case 'full':
        return { kind: 'bits', bits: 32 };
      case 'separable':
        return { kind: 'rewrite', rewrite: { kind: 'separable' } };
      case 'resize-conv':
        return { kind: 'rewrite', rewrite: { kind: 'resizeConv' } };
      case 'sub-pixel':
        return { kind: 'rewrite', rewrite: { kind: 'subPixel' } };
      default:
        return null;
    }
  }
  if (name === 'quantize') return isBits(number) ? { kind: 'bits', bits: number } : null;
  if (name === 'low-rank') return { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: number } };
  if (name === 'prune' && 0 < number && number < 100)
    return { kind: 'prune', granularity: 'channel', share: number / 100 };
  return name === 'channels' ? { kind: 'channels', channels: number } : null;
}

function isBits(number: number): number is Extract<WeightBits, number> {
  return 2 <= number && number <= 8 && weightBits.some((bits) => bits === number);
}
