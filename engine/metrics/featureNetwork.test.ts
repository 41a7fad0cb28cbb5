import assert from 'node:assert/strict';
import type { ImageSet } from '../data/imageSet.ts';
import { imagesAt } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { featureMoments, frechetDistance, inceptionScore } from './frechet.ts';
import { trainFeatureNetwork, type FeatureNetwork } from './featureNetwork.ts';

describe('a feature network of one’s own', function () {
  this.timeout(120_000);
  const { images, labels } = bars();
  let network: FeatureNetwork;

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    network = trainFeatureNetwork({ images, labels, dataName: 'bars', steps: 80, batch: 16, seed: 1, endStep: () => undefined }); // prettier-ignore
  });
  after(() => network.dispose());

  it('learns the labels, and says on what and how well', () => {
    assert.ok(network.accuracy > 0.9, String(network.accuracy));
    assert.match(network.name, /^64 features of a classifier of bars \(\d+\.\d % right on 20 others\)$/);
  });

  it('tells sets apart by distance and by score', () => {
    const all = Array.from({ length: 200 }, (_, i) => i);
    const set = (indices: readonly number[]) => network.look(imagesAt(images, indices), indices.length);
    const [even, odd] = [set(all.filter((i) => i % 2 === 0)), set(all.filter((i) => i % 2 === 1))];
    const oneClass = set(all.filter((i) => labels[i] === 0));
    const moments = featureMoments(even.features);
    const alike = frechetDistance(moments, featureMoments(odd.features));
    const unlike = frechetDistance(moments, featureMoments(oneClass.features));
    assert.ok(unlike > 5 * alike, `${unlike} and ${alike}`);
    assert.ok(inceptionScore(even.probabilities, 2).mean > 1.5);
    assert.ok(inceptionScore(oneClass.probabilities, 2).mean < 1.2);
  });
});

/** 200 images of 8×8: a bright bar lying (0) or standing (1), with noise. */
function bars(): { images: ImageSet; labels: Uint8Array } {
  const nImages = 200;
  const pixels = new Uint8Array(nImages * 64);
  const stream = rng(1, 0, 'bars');
  const labels = Uint8Array.from({ length: nImages }, () => stream.int(2));
  labels.forEach((label, image) => {
    const place = stream.int(8);
    for (let i = 0; i < 64; i++) {
      const inBar = (label === 0 ? Math.floor(i / 8) : i % 8) === place;
      pixels[image * 64 + i] = stream.int(60) + (inBar ? 180 : 0);
    }
  });
  return { images: { nImages, size: 8, channels: 1, pixels, fingerprint: 'bars', skipped: [] }, labels };
}
