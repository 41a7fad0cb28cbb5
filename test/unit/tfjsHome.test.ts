/**
 * Weights trained in TensorFlow.js come home through `slimwise pack`, from what `model.save` writes and, under Keras'
 * names, as safetensors of the Keras twin; the packed model draws what TensorFlow.js draws. Names that count layers made
 * elsewhere are matched by their numbers, and what cannot be read is refused.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';
import { transformSync } from 'esbuild';
import { after, before, describe, it } from 'mocha';
import { main } from '../../engine/cli/cli.ts';
import { unpackedGenerator } from '../../engine/compress/unpackedGenerator.ts';
import { float32Tensor, writeSafetensors, type StoredTensor } from '../../engine/formats/safetensors.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { analyzeFile } from '../../language/analyze.ts';
import { fixtureHost, readFixture, type EditedFramework } from '../../language/edits/editCases.ts';
import { tfjsLayers } from '../../language/edits/modules/tfjsLayers.ts';
import { proposeEdit } from '../../language/edits/proposeEdit.ts';
import { editedText } from '../../language/edits/textEdit.ts';

type Tf = typeof Core & { readonly layers: typeof Layers.layers };
type Model = Layers.Sequential;

const modules = fileURLToPath(new URL('../../out/tfjs-home/', import.meta.url));

/** The fixture with one, three and sixteen values per weight. */
function edited(framework: EditedFramework, file: string): string {
  const host = fixtureHost(framework);
  const [graph] = analyzeFile(host, file).graphs;
  assert.ok(graph);
  const named = (op: string): string => graph.layers.find((layer) => layer.op === op)?.name ?? '';
  const proposal = proposeEdit({ host, file, model: graph.name }, [
    { layer: named('dense'), action: { kind: 'bits', bits: 1 } },
    { layer: named('conv2d_transpose'), action: { kind: 'bits', bits: 'ternary' } },
    { layer: named('conv2d'), action: { kind: 'bits', bits: 4 } },
  ]);
  assert.ok('edit' in proposal);
  return editedText(readFixture(framework, 'before'), file, proposal.edit.change.edits);
}

describe('weights trained in TensorFlow.js', () => {
  let folder = '';
  let tf: Tf;
  let artifacts: { names: readonly string[]; shapes: readonly number[][]; data: ArrayBuffer };
  let drawn: readonly number[] = [];
  const latents = Array.from({ length: 200 }, (_unused, i) => Math.sin(i));

  before(async () => {
    await selectBackend({ backend: 'onnxruntime', threads: null });
    folder = mkdtempSync(join(tmpdir(), 'slimwise-tfjs-home-'));
    mkdirSync(modules, { recursive: true });
    const asModule = (text: string): string =>
      transformSync(text, { loader: 'ts', format: 'esm' })
        .code.replace(/["']@tensorflow\/tfjs["']/, '"./tf.mjs"')
        .replace(/["']\.\/slimwise_layers["']/, '"./slimwise_layers.mjs"');
    const exports = [
      "export * from '@tensorflow/tfjs-core';",
      "export { layers, sequential, model, input } from '@tensorflow/tfjs-layers';",
    ];
    writeFileSync(join(modules, 'tf.mjs'), exports.join('\n'));
    const typed = tfjsLayers({ tf: '@tensorflow/tfjs', isTyped: true, isCommonJs: false });
    writeFileSync(join(modules, 'slimwise_layers.mjs'), asModule(typed));
    const source = edited('tfjs', 'generator.ts');
    writeFileSync(join(folder, 'generator.ts'), source);
    writeFileSync(join(folder, 'generator.py'), edited('keras', 'generator.py'));
    writeFileSync(join(modules, 'generator.mjs'), asModule(source));
    const load = (name: string): Promise<unknown> => import(pathToFileURL(join(modules, name)).href);
    tf = (await load('tf.mjs')) as Tf;
    const { buildGenerator } = (await load('generator.mjs')) as { buildGenerator(): Model };
    // A program that made layers before, so that its names count on.
    buildGenerator().dispose();
    const model = buildGenerator();
    const optimizer = tf.train.adam(1e-3);
    for (let step = 0; step < 2; step++) {
      const z = tf.randomNormal([4, 100], 0, 1, 'float32', step);
      optimizer.minimize(() => {
        const images = model.apply(z, { training: true }) as Core.Tensor;
        return tf.mean(tf.square(tf.sub(images, 0.3))) as Core.Scalar;
      });
    }
    drawn = [...(model.predict(tf.tensor2d(latents, [2, 100])) as Core.Tensor).dataSync()];
    await model.save({
      save: (made: Core.io.ModelArtifacts) => {
        const { weightSpecs = [], weightData } = made;
        assert.ok(weightData instanceof ArrayBuffer);
        const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
        writeFileSync(join(folder, paths[0] ?? ''), Buffer.from(weightData.slice(0, 1001)));
        writeFileSync(join(folder, paths[1] ?? ''), Buffer.from(weightData.slice(1001)));
        const { modelTopology } = made;
        const file = { modelTopology, format: 'layers-model', weightsManifest: [{ paths, weights: weightSpecs }] };
        writeFileSync(join(folder, 'model.json'), JSON.stringify(file));
        const [names, shapes] = [weightSpecs.map(({ name }) => name), weightSpecs.map(({ shape }) => shape)];
        artifacts = { names, shapes, data: weightData };
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } });
      },
    });
  });
  after(() => {
    rmSync(folder, { recursive: true });
    rmSync(modules, { recursive: true });
  });

  const slimwise = async (...args: readonly string[]): Promise<{ code: number; text: string }> => {
    let text = '';
    const note = (more: string): void => void (text += more);
    const code = await main(args, { cwd: folder, env: {}, isTerminal: false, out: note, err: note });
    return { code, text };
  };
  const assertDraws = (file: string): void => {
    const network = unpackedGenerator(readFileSync(join(folder, file)));
    assert.ok(network.ok);
    const images = network.value.forward(tf.tensor2d(latents, [2, 100]), { training: false }).dataSync();
    assert.equal(images.length, drawn.length);
    drawn.forEach((value, i) => assert.ok(Math.abs(value - (images[i] ?? 9)) < 1e-4, `${i}: ${value} ${images[i]}`));
  };

  it('come home from model.json and its shards, and draw what TensorFlow.js draws', async () => {
    const { code, text } = await slimwise(
      'pack',
      'model.json',
      '--source',
      'generator.ts',
      '--out',
      'packed.safetensors',
    );
    assert.equal(code, 0, text);
    assert.match(text, /ternary/);
    assert.match(text, /layers of one kind were taken by their numbers/);
    assertDraws('packed.safetensors');
  });

  it('come home from a Keras model as safetensors, under the names that Keras counted', async () => {
    // The twins have the same kernels: [height, width, in, out], and [height, width, out, in] in a transposed one.
    let offset = 0;
    const stored = artifacts.names.map((name, idx): [string, StoredTensor] => {
      const shape = artifacts.shapes[idx] ?? [];
      const size = shape.reduce((product, side) => product * side, 1);
      const values = new Float32Array(artifacts.data.slice(offset, (offset += 4 * size)));
      // `conv2d_Conv2D2` is `conv2d_1` there.
      const kerasName = name.replace(/_[A-Z]\w*?(\d+)\//, (_all, count: string) => `_${Number(count) + 3}.`);
      return [kerasName, float32Tensor(shape, values)];
    });
    writeFileSync(join(folder, 'weights.safetensors'), writeSafetensors(new Map(stored), new Map()));
    const args = ['pack', 'weights.safetensors', '--source', 'generator.py', '--out', 'keras.safetensors'];
    const { code, text } = await slimwise(...args);
    assert.equal(code, 0, text);
    assertDraws('keras.safetensors');
  });

  it('are refused where they are quantized, lack a file, or are of another model', async () => {
    const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
      weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[];
    };
    const [group] = model.weightsManifest;
    assert.ok(group);
    const tryWith = async (paths: readonly string[], weights: readonly unknown[]): Promise<string> => {
      writeFileSync(join(folder, 'other.json'), JSON.stringify({ weightsManifest: [{ paths, weights }] }));
      const { code, text } = await slimwise(
        'pack',
        'other.json',
        '--source',
        'generator.ts',
        '--out',
        'none.safetensors',
      );
      assert.equal(code, 2);
      return text;
    };
    const [first, ...rest] = group.weights;
    assert.match(await tryWith(group.paths, [{ ...first, quantization: { dtype: 'uint8' } }, ...rest]), /is quantized/);
    assert.match(await tryWith(['gone.bin'], group.weights), /gone\.bin is not beside it/);
    assert.match(await tryWith(['../model.json'], group.weights), /is no file beside it/);
    assert.match(await tryWith(group.paths.slice(0, 1), group.weights), /goes beyond the end of its files/);
    assert.match(await tryWith(group.paths, group.weights.slice(0, -1)), /SWP_WEIGHTS_MISSING|missing/);
  });
});
