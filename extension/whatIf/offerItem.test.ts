import assert from 'node:assert/strict';
import type { OfferReport, OffersReport } from '../../core/report/offersReport.ts';
import { changedWords, offerWords } from './offerItem.ts';

const offer: OfferReport = {
  title: 'Binarize main.2 (−496 KiB)',
  choices: [],
  refused: null,
  after: { bytes: 1024, macs: 5000, peakBytes: 4096 },
  note: null,
};
const report = (layers: readonly string[]): OffersReport => ({
  model: 'Generator',
  layers,
  before: { bytes: 2048, macs: 5000, peakBytes: 4096 },
  offers: [offer],
});

describe('an offer in the list of changes', () => {
  it('says what the whole model costs then, and from what', () => {
    assert.deepEqual(offerWords({ ...offer, note: 'Not of the source: find' }, report([]), null), {
      label: 'Binarize main.2 (−496 KiB)',
      detail: 'weights 2.00 KiB → 1.00 KiB · MACs 5.00K · activations 4.00 KiB · Not of the source: find',
    });
  });

  it('says why it is refused', () => {
    assert.deepEqual(offerWords(offer, report([]), 'its call is not in the source'), {
      label: '$(circle-slash) Binarize main.2 (−496 KiB)',
      detail: 'Refused: its call is not in the source.',
    });
  });

  it('is about a layer, several or the model', () => {
    assert.deepEqual(
      [['main.2'], ['main.2', 'fc'], []].map((layers) => changedWords(report(layers))),
      ['main.2 of Generator', '2 layers of Generator', 'Generator'],
    );
  });
});
