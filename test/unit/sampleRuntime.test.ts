/**
 * The sample's three sources (PyTorch, Keras, TF.js), read by the analysis, packed by the engine and drawn by the
 * packed runtime: with fp32 tables its images are the training engine's within 1e-4. And exported, they are ONNX
 * Runtime's.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { packGenerator } from '../../engine/compress/packGenerator.ts';
import { exportPacked } from '../../engine/formats/export/exportPacked.ts';
import { compareWithEngine, randomNetwork } from '../../engine/kernels/compareWithEngine.ts';
import { prepareSession } from '../../engine/session/prepareSession.ts';
import { readPlan } from '../../engine/session/readPlan.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';

const samples = fileURLToPath(new URL('../../samples/dcgan/', import.meta.url));

describe('the sample generator on the packed runtime', function () {
  this.timeout(120_000);
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  for (const plan of ['slimwise.json', 'slimwise.keras.json', 'slimwise.tfjs.json']) {
    it(`draws what the training engine draws, and ONNX Runtime from its export: ${plan}`, async () => {
      const read = await readPlan(`${samples}${plan}`);
      assert.ok(read.ok);
      const prepared = await prepareSession(read.value.plan, read.value.planPath);
      assert.ok(prepared.ok, prepared.ok ? '' : prepared.problem.message);
      const network = randomNetwork(prepared.value.generator);
      const kernels = network.slots.filter(({ role }) => role === 'kernel').map(({ layer }) => layer);
      const binarized = kernels.slice(0, -1);
      const file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
      const generator = await compareWithEngine(file, 2);
      assert.equal(generator.layers.filter(({ bits }) => bits).length, 3);
      const exported = await exportPacked(file, 'onnx', 'sample');
      assert.ok(exported.ok, exported.ok ? '' : exported.problem.message);
      assert.ok((exported.value.difference ?? 1) <= 1e-4, `${exported.value.difference}`);
      network.dispose();
    });
  }
});
