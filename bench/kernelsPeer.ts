/**
 * One peer of `bench:kernels` in a process of its own, driven line by line on stdin: `run` computes the case for
 * about a twentieth of a second and answers with the times, `sums` with the sum and the sum of squares of the
 * outputs (equal for all peers, whatever their axis order), `end` stops.
 * Usage: kernelsPeer.ts <peer> <case as JSON> <threads>
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as tf from '@tensorflow/tfjs-core';
import { createKernelMemory } from '../engine/kernels/kernelMemory.ts';
import { openPackedGenerator } from '../engine/kernels/packedGenerator.ts';
import { loadGeneratorPool } from '../engine/kernels/runtime.ts';
import { deconvGeometry } from '../engine/kernels/tapGeometry.ts';
import { createTapLayer } from '../engine/kernels/tapLayer.ts';
import { packSigns } from '../engine/formats/bitPlanes.ts';
import { loadBinding, OrtTensor } from '../engine/tensors/loadBinding.ts';
import { encodeOnnxModel } from '../engine/tensors/onnx/onnxModel.ts';
import { selectBackend } from '../engine/tensors/selectBackend.ts';
import { tensorflowFolder } from './fetchTensorflow.ts';
import {
  benchInput,
  benchLayers,
  kernelSize,
  latentSize,
  onnxBenchModel,
  packedBenchModel,
  type KernelCase,
} from './kernelsModel.ts';

const [, , peer = 'packed-fp32', caseJson = '{}', threadsText = '1'] = process.argv;
const kernelCase = JSON.parse(caseJson) as KernelCase;
const threads = Number(threadsText);

interface Runner {
  readonly version: string;
  /** Computes the case; the values where `read`, whatever their order. */
  run(): Promise<Float32Array> | Float32Array;
  close?(): Promise<void>;
}

const runner = await makeRunner();
// Some peers take seconds, so what warms them up is also what is compared.
const firstValues = (await runner.run()).slice();

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  if (line === 'run') {
    const ms: number[] = [];
    const until = performance.now() + 50;
    do {
      const began = performance.now();
      const pending = runner.run();
      if (pending instanceof Promise) await pending;
      ms.push(performance.now() - began);
    } while (performance.now() < until && ms.length < 200);
    console.log(JSON.stringify({ ms, version: runner.version }));
  }
  if (line === 'sums') {
    let [sum, squares] = [0, 0];
    for (const value of firstValues) {
      sum += value;
      squares += value * value;
    }
    console.log(JSON.stringify({ count: firstValues.length, sum, squares, version: runner.version }));
  }
}
await runner.close?.();
process.exit(0);

function makeRunner(): Promise<Runner> {
  switch (peer) {
    case 'packed-fp32':
    case 'packed-int16':
    case 'wasm-fp32':
      return kernelCase.part === 'layers' ? ourLayers() : ourGenerator();
    case 'ort-native':
      return nativeOnnxRuntime();
    case 'ort-web':
      return webOnnxRuntime();
    default:
      return tensorflowJs();
  }
}

async function ourGenerator(): Promise<Runner> {
  if (threads > 1) return ourPool();
  const opened = await openPackedGenerator(packedBenchModel(kernelCase, peer !== 'wasm-fp32'));
  if (!opened.ok) throw new Error(opened.problem.message);
  const latents = benchInput(kernelCase);
  const precision = peer === 'packed-int16' ? 'int8' : 'fp32';
  return { version: 'slimwise', run: () => opened.value.generate(latents, { precision }) };
}

/** The images of a batch on several workers; one image on one of them. */
async function ourPool(): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-bench-'));
  const outfile = join(folder, 'runtimeWorker.mjs');
  const entry = fileURLToPath(new URL('../engine/kernels/runtimeWorker.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', target: 'es2022', logLevel: 'silent' });
  const file = packedBenchModel(kernelCase, peer !== 'wasm-fp32');
  const pool = await loadGeneratorPool(file, { threads, workerUrl: pathToFileURL(outfile) });
  rmSync(folder, { recursive: true });
  const latents = benchInput(kernelCase);
  const precision = peer === 'packed-int16' ? 'int8' : 'fp32';
  return {
    version: `slimwise, ${threads} workers`,
    run: () => pool.generate(latents, { precision }),
    close: () => pool.close(),
  };
}

async function ourLayers(): Promise<Runner> {
  const memory = await createKernelMemory();
  const { batch, width } = kernelCase;
  const layers = benchLayers(kernelCase).map(({ inChannels, outChannels, side, values, bias }) => {
    const shape = [inChannels, outChannels, kernelSize, kernelSize];
    const nTaps = kernelSize ** 2;
    const alpha = Math.abs(values[0] ?? 0);
    const geometry = deconvGeometry({
      height: side,
      width: side,
      outHeight: side * 2,
      outWidth: side * 2,
      kernel: [kernelSize, kernelSize],
      stride: [2, 2],
      dilation: [1, 1],
      before: [2, 2],
    });
    const packed = peer !== 'wasm-fp32';
    return createTapLayer(memory, {
      geometry,
      weights: packed
        ? {
            kind: 'bits',
            inChannels,
            outChannels,
            planes: [{ coefficient: 1, bytes: packSigns(shape, 1, values) }],
            order: 'channelsFirst',
          }
        : {
            kind: 'float',
            inChannels,
            outChannels,
            values,
            steps: { output: nTaps, tap: 1, input: outChannels * nTaps },
          },
      alphas: new Float32Array(outChannels).fill(packed ? alpha : 1),
      betas: bias,
      slope: 0,
    });
  });
  // One activation is [channels][images][area]; sizes halve in channels and quadruple in area.
  const sizes = [1, 2, 4, 8].map((factor) => width * 16 * batch * factor);
  const places = sizes.map((size) => memory.allocate(size * 4));
  const input = benchInput(kernelCase);
  const x = memory.floats(places[0] ?? 0, sizes[0] ?? 0);
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < width; channel++) {
      const from = (image * width + channel) * 16;
      x.set(input.subarray(from, from + 16), (channel * batch + image) * 16);
    }
  }
  const precision = peer === 'packed-int16' ? 'int8' : 'fp32';
  return {
    version: 'slimwise',
    run() {
      layers.forEach((layer, i) => layer.run({ x: places[i] ?? 0, out: places[i + 1] ?? 0, images: batch, precision }));
      return memory.floats(places[3] ?? 0, sizes[3] ?? 0);
    },
  };
}

async function nativeOnnxRuntime(): Promise<Runner> {
  const binding = loadBinding();
  if (!binding.ok) throw new Error(binding.problem.message);
  const graph = onnxBenchModel(kernelCase);
  const bytes = encodeOnnxModel(graph);
  const session = new binding.value.InferenceSession();
  session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const x = new OrtTensor('float32', benchInput(kernelCase), graph.inputs[0]?.dims ?? []);
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    version: `onnxruntime-node ${version}`,
    run: () => session.run({ x }, { y: null }, {})['y']?.data as Float32Array,
  };
}

async function webOnnxRuntime(): Promise<Runner> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  const graph = onnxBenchModel(kernelCase);
  const session = await ort.InferenceSession.create(encodeOnnxModel(graph), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const x = new ort.Tensor('float32', benchInput(kernelCase), graph.inputs[0]?.dims ?? []);
  return {
    version: `onnxruntime-web ${ort.env.versions.web ?? '?'}`,
    run: async () => (await session.run({ x }))['y']?.data as Float32Array,
  };
}

async function tensorflowJs(): Promise<Runner> {
  const backend = await selectBackend({
    backend: peer === 'tensorflow' ? 'tensorflow' : 'wasm',
    threads,
    tensorflowFolder,
  });
  if (!backend.ok) throw new Error(backend.problem.message);
  const layers = benchLayers(kernelCase).map(({ inChannels, outChannels, side, values, bias }) => {
    const stored = side === 0 ? [outChannels, inChannels] : [inChannels, outChannels, kernelSize, kernelSize];
    const weight = tf.tensor(values, stored);
    return {
      side,
      outChannels,
      bias: tf.tensor1d(bias),
      weight: tf.transpose(weight, side === 0 ? [1, 0] : [2, 3, 1, 0]),
    };
  });
  const { batch, width, part } = kernelCase;
  const input = benchInput(kernelCase);
  // libtensorflow has no explicit padding for the transpose: its images are shifted by a pixel, at the same cost.
  const explicit: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [2, 2],
    [2, 2],
    [0, 0],
  ];
  const same = peer === 'tensorflow';
  const x =
    part === 'generator'
      ? tf.tensor(input, [batch, latentSize])
      : tf.transpose(tf.tensor(input, [batch, width, 4, 4]), [0, 2, 3, 1]);
  return {
    version: `${backend.value.name} ${backend.value.version}`,
    run: () =>
      tf.tidy(() => {
        let value: tf.Tensor = x;
        for (const { side, outChannels, weight, bias } of layers) {
          if (side === 0) {
            const flat = tf.relu(tf.add(tf.matMul(value as tf.Tensor2D, weight as tf.Tensor2D), bias));
            value = tf.transpose(tf.reshape(flat, [batch, width, 4, 4]), [0, 2, 3, 1]);
            continue;
          }
          const sums = tf.conv2dTranspose(
            value as tf.Tensor4D,
            weight as tf.Tensor4D,
            [batch, side * 2, side * 2, outChannels],
            2,
            same ? 'same' : explicit,
            same ? undefined : 'floor',
          );
          const biased = tf.add(sums, bias);
          value = outChannels === 3 ? tf.tanh(biased) : tf.relu(biased);
        }
        return value.dataSync() as Float32Array;
      }),
  };
}
