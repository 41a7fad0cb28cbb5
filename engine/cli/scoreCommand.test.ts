/** Scores of a small generator in the features of an ONNX file, named on the command line and by a plan. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packGenerator } from '../compress/packGenerator.ts';
import { featureGraph, networkOf, onnxOf } from '../metrics/featureFixture.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator } from '../train/handGraph.ts';
import { scoreCommand } from './scoreCommand.ts';

const sampleImages = fileURLToPath(new URL('../../samples/dcgan/data/t10k-images-idx3-ubyte.gz', import.meta.url));

describe('slimwise score with a feature network', function () {
  this.timeout(60_000);
  let folder = '';

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    folder = mkdtempSync(path.join(os.tmpdir(), 'slimwise-score-'));
    const generator = networkOf(handGenerator({ latents: 6, channels: [4, 2], colours: 1 }));
    const weights = generator.readWeights();
    const packed = packGenerator({ network: generator, weights, binarized: [], codings: new Map(), plan: {} as never, sources: {} }); // prettier-ignore
    const features = networkOf(featureGraph(true));
    writeFileSync(path.join(folder, 'model.safetensors'), packed);
    writeFileSync(path.join(folder, 'net.onnx'), onnxOf(features));
    copyFileSync(sampleImages, path.join(folder, 'images.gz'));
    generator.dispose();
    features.dispose();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the distance and, of named classes, the score, and says whose features they are', async () => {
    const { code, out, err } = await score(['--images', 'images.gz', '--features', 'net.onnx', '--class-output', 'output']); // prettier-ignore
    assert.equal(code, 0, err);
    assert.match(out, /Fréchet distance +inception score/);
    const distanceOf = (row: string): number => Number(new RegExp(`^${row} +\\S+ +(\\S+)`, 'm').exec(out)?.[1]);
    const [others, generator] = [distanceOf('real images, others'), distanceOf('the generator')];
    assert.ok(others < generator, `${others} ${generator}`);
    assert.match(out, /100 images of each\. .* in 'output' and classes 'output' of net\.onnx \(SHA-256 [0-9a-f]{12}…\), fed 8×8 RGB/); // prettier-ignore
    assert.doesNotMatch(out, /not FID/);
  });

  it('takes images and features from a plan', async () => {
    const plan = {
      schema: 1,
      network: 'dcgan-512',
      data: { images: 'images.gz', size: 16, channels: 1 },
      stages: [{ id: 'table', family: 'settings' }],
      evaluation: { features: { model: 'net.onnx', mean: [0.4] } },
    };
    writeFileSync(path.join(folder, 'slimwise.json'), JSON.stringify(plan));
    const { code, out, err } = await score(['--plan', 'slimwise.json']);
    assert.equal(code, 0, err);
    assert.match(out, /\(x − 0\.4\) ÷ 0\.5/);
    assert.doesNotMatch(out, /inception score/);
  });

  it('is wrong usage without features, and a problem where the file has others', async () => {
    assert.match((await score(['--images', 'images.gz'])).err, /Name the features/);
    const other = await score(['--images', 'images.gz', '--features', 'net.onnx', '--feature-output', 'pool3']);
    assert.equal(other.code, 2);
    assert.match(other.err, /SWP_FEATURES_DO_NOT_FIT/);
    assert.match((await score(['--images', 'images.gz', '--features', 'net.onnx', '--deviation', '0'])).err, /no deviation is 0/); // prettier-ignore
  });

  async function score(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const code = await scoreCommand.run(['model.safetensors', '--count', '100', '--backend', 'cpu', ...args], {
      cwd: folder,
      env: {},
      isTerminal: false,
      out: (text) => (out += text),
      err: (text) => (err += text),
    });
    return { code, out, err };
  }
});
