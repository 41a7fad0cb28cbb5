/**
 * The edited TensorFlow.js sources, run by TensorFlow.js itself: each builds, gives the predicted shape and number of
 * weights, and trains a step with a gradient for every weight. The JavaScript form of the written module is what
 * TypeScript makes of the typed one, and its bits are those of our own training, values and gradients.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';
import { transformSync } from 'esbuild';
import { after, before, describe, it } from 'mocha';
import { binarize } from '../../engine/compress/bwn.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { choicesOf, editCases, fixtureHost, readFixture } from '../../language/edits/editCases.ts';
import { analyzeFile } from '../../language/analyze.ts';
import { tfjsLayers } from '../../language/edits/modules/tfjsLayers.ts';
import { tfjsLayersPlain } from '../../language/edits/modules/tfjsLayersPlain.generated.ts';
import { proposeEdit } from '../../language/edits/proposeEdit.ts';
import { plainLayers } from '../../scripts/generateLayers.mjs';

type Tf = typeof Core & { readonly layers: typeof Layers.layers };
type Model = Layers.Sequential;

const folder = fileURLToPath(new URL('../../out/tfjs-edits/', import.meta.url));

/** What a user's bundler does: the types go, and the package is found. */
function asModule(text: string): string {
  const code = transformSync(text, { loader: 'ts', format: 'esm' }).code;
  return code
    .replace(/["']@tensorflow\/tfjs["']/, '"./tf.mjs"')
    .replace(/["']\.\/slimwise_layers["']/, '"./slimwise_layers.mjs"');
}

describe('edited TensorFlow.js sources under TensorFlow.js', () => {
  before(async () => {
    await selectBackend({ backend: 'onnxruntime', threads: null });
    mkdirSync(folder, { recursive: true });
    const tf = [
      "export * from '@tensorflow/tfjs-core';",
      "export { layers, sequential, model, input } from '@tensorflow/tfjs-layers';",
    ].join('\n');
    writeFileSync(`${folder}/tf.mjs`, tf);
    const typed = tfjsLayers({ tf: '@tensorflow/tfjs', isTyped: true, isCommonJs: false });
    writeFileSync(`${folder}/slimwise_layers.mjs`, asModule(typed));
    for (const { name } of editCases) writeFileSync(`${folder}/${name}.mjs`, asModule(readFixture('tfjs', name)));
  });
  after(() => rmSync(folder, { recursive: true }));

  const load = (name: string): Promise<unknown> => import(pathToFileURL(`${folder}/${name}.mjs`).href);

  for (const own of editCases) {
    const { name } = own;
    it(`${name}: builds as predicted, and every weight has a gradient`, async () => {
      const tf = (await load('tf')) as Tf;
      const { buildGenerator } = (await load(name)) as { buildGenerator(): Model };
      const model = buildGenerator();
      const host = fixtureHost('tfjs');
      const [graph] = analyzeFile(host, 'generator.ts').graphs;
      assert.ok(graph);
      const proposal = proposeEdit({ host, file: 'generator.ts', model: graph.name }, choicesOf(graph, own));
      assert.ok('edit' in proposal);
      const weights = model.trainableWeights.map((weight) => weight.read());
      assert.equal(
        weights.reduce((sum, { size }) => sum + size, 0),
        proposal.edit.after.params,
      );
      const z = tf.randomNormal([2, 100], 0, 1, 'float32', 3);
      assert.deepEqual((model.predict(z) as Core.Tensor).shape, [2, 32, 32, 1]);
      const { grads } = tf.variableGrads(
        () => tf.mean(tf.square(model.apply(z, { training: true }) as Core.Tensor)) as Core.Scalar,
      );
      assert.equal(Object.keys(grads).length, weights.length);
      for (const gradient of Object.values(grads)) assert.ok(gradient.dataSync().every(Number.isFinite));
    });
  }

  it('computes with the bits of our own training, and trains the real weights', async () => {
    const tf = (await load('tf')) as Tf;
    const wrappers = (await load('slimwise_layers')) as { binarize<T>(layer: T): T };
    const kernel = tf.randomNormal([3, 3, 4, 2], 0, 0.5, 'float32', 5);
    const layer = wrappers.binarize(
      tf.layers.conv2dTranspose({ filters: 4, kernelSize: 3, useBias: false, inputShape: [5, 5, 2] }),
    );
    const x = tf.randomNormal([1, 5, 5, 2], 0, 1, 'float32', 6);
    layer.build([null, 5, 5, 2]);
    layer.setWeights([kernel]);
    const coded = binarize(kernel, 'deconv', 'xnor') as Core.Tensor4D;
    const own = tf.conv2dTranspose(x as Core.Tensor4D, coded, [1, 7, 7, 4], 1, 'valid');
    const theirs = layer.apply(x) as Core.Tensor;
    assert.ok((tf.max(tf.abs(tf.sub(own, theirs))).dataSync()[0] ?? 1) < 1e-5);
    const gradient = tf.grad((w) =>
      tf.sum(
        tf.square(
          tf.conv2dTranspose(
            x as Core.Tensor4D,
            binarize(w, 'deconv', 'xnor') as Core.Tensor4D,
            [1, 7, 7, 4],
            1,
            'valid',
          ),
        ),
      ),
    )(kernel);
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(layer.apply(x) as Core.Tensor)) as Core.Scalar);
    const [real] = Object.values(grads);
    assert.ok(real);
    assert.ok((tf.max(tf.abs(tf.sub(real, gradient))).dataSync()[0] ?? 1) < 1e-4);
    assert.deepEqual(layer.getWeights()[0]?.dataSync(), kernel.dataSync());
  });

  it('has a JavaScript form that is the typed one without its types', async () => {
    assert.equal(
      `export const tfjsLayersPlain = String.raw\`${tfjsLayersPlain}\`;`,
      (await plainLayers()).split('\n').slice(1, -1).join('\n'),
    );
    const commonJs = tfjsLayers({ tf: '@tensorflow/tfjs-node', isTyped: false, isCommonJs: true });
    assert.match(commonJs, /^const tf = require\('@tensorflow\/tfjs-node'\);$/m);
    assert.match(
      commonJs,
      /module\.exports = \{ binarize, ternarize, quantize, lowRank, separable, resizeConv, subPixel \};/,
    );
    assert.equal(/^(import|export)\b/m.test(commonJs), false);
  });
});
