/**
 * How an offer looks in the list that a user picks from: what it changes in its title, the whole cost of the model
 * below, and for one that is refused its reason. Pure.
 */
import { formatBytes, formatCount } from '../../core/format/numbers.ts';
import type { OfferReport, OffersReport } from '../../core/report/offersReport.ts';

export interface OfferWords {
  readonly label: string;
  readonly detail: string;
}

export function offerWords(offer: OfferReport, { before }: OffersReport, refused: string | null): OfferWords {
  const { title, after, note } = offer;
  if (refused !== null) return { label: `$(circle-slash) ${title}`, detail: `Refused: ${refused}.` };
  const part = (name: string, from: number, to: number, text: (value: number) => string): string =>
    from === to ? `${name} ${text(to)}` : `${name} ${text(from)} → ${text(to)}`;
  const costs =
    after === null
      ? []
      : [
          part('weights', before.bytes, after.bytes, formatBytes),
          part('MACs', before.macs, after.macs, formatCount),
          part('activations', before.peakBytes, after.peakBytes, formatBytes),
        ];
  return { label: title, detail: [...costs, ...(note === null ? [] : [note])].join(' · ') };
}

/** `main.2 of Generator`, `3 layers of Generator`, `Generator`. */
export function changedWords({ model, layers }: OffersReport): string {
  const [one, ...more] = layers;
  if (one === undefined) return model;
  return more.length === 0 ? `${one} of ${model}` : `${layers.length} layers of ${model}`;
}
