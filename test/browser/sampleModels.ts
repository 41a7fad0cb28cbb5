/**
 * Model files of the sample's own generator (PyTorch source, 100 latents, 32×32), packed by the engine: with its
 * three binarizable layers as bits, and at full precision. The weights are random, with statistics that a trained
 * network could have; what matters here is the work of drawing, not the pictures.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { packGenerator } from '../../engine/compress/packGenerator.ts';
import { rng } from '../../engine/random/rng.ts';
import { prepareSession } from '../../engine/session/prepareSession.ts';
import { readPlan } from '../../engine/session/readPlan.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { createNetwork } from '../../engine/train/network.ts';

export interface SampleModels {
  readonly packed: Uint8Array;
  readonly full: Uint8Array;
}

export const binarizedLayers: readonly string[] = ['project', 'main.2', 'main.5'];

export async function sampleModels(): Promise<SampleModels> {
  const backend = await selectBackend({ backend: 'cpu', threads: null });
  assert.ok(backend.ok);
  const plan = await readPlan(fileURLToPath(new URL('../../samples/dcgan/slimwise.json', import.meta.url)));
  assert.ok(plan.ok);
  const prepared = await prepareSession(plan.value.plan, plan.value.planPath);
  assert.ok(prepared.ok);
  const created = createNetwork(prepared.value.generator, 1);
  assert.ok(created.ok);
  const network = created.value;
  const random = rng(3, 0, 'sample weights');
  const weights = network.readWeights().map((weight) => {
    const slot = network.slots.find(({ name }) => name === weight.name);
    const draw = (): number => {
      if (slot?.role === 'variance') return 0.5 + random.uniform();
      if (slot?.role === 'gamma') return 1 + 0.1 * random.normal();
      return random.normal() * (slot?.role === 'kernel' ? 0.12 : 0.05);
    };
    return { ...weight, data: weight.data.map(draw) };
  });
  assert.ok(network.writeWeights(weights).ok);
  const pack = (binarized: readonly string[]): Uint8Array =>
    packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
  return { packed: pack(binarizedLayers), full: pack([]) };
}
