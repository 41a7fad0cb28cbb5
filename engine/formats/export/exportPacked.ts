/**
 * A packed model file in another format, in memory. An ONNX export is run before it is given out, where ONNX
 * Runtime is there: the fp32 file must draw what the packed runtime draws, and of the int8 file the largest
 * difference is told. Names of files are relative to the place that the user chose.
 */
import { failure, success, type Result } from '../../../core/result.ts';
import { openPackedGenerator } from '../../kernels/packedGenerator.ts';
import { rng } from '../../random/rng.ts';
import { encodeOnnxModel, type OnnxGraph } from '../../tensors/onnx/onnxModel.ts';
import { readPacked } from '../packedModel.ts';
import { exportGraph } from './exportGraph.ts';
import { int8Network } from './onnxInt8.ts';
import { onnxNetwork } from './onnxNodes.ts';
import { exportDiffers } from './problems.ts';
import { runOnnx } from './runOnnx.ts';
import { tfjsModel } from './tfjsModel.ts';

export const exportTargets = ['onnx', 'onnx-int8', 'tfjs'] as const;
export type ExportTarget = (typeof exportTargets)[number];

export interface Exported {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Largest difference of a pixel in [−1, 1] from the packed model's; null where it was not run here, with the reason. */
  readonly difference: number | null;
  readonly notRun: string | null;
  /** int8 only: layers that are int8 now, and those that stayed fp32 with the reason. */
  readonly quantized: readonly string[];
  readonly kept: readonly { readonly layer: string; readonly why: string }[];
}

const nTried = 4;
const nCalibration = 64;
/** As for the packed runtime against the training engine. */
const allowed = 1e-4;

export async function exportPacked(file: Uint8Array, target: ExportTarget, stem: string): Promise<Result<Exported>> {
  const packed = readPacked(file);
  if (!packed.ok) return packed;
  const graph = exportGraph(packed.value, target === 'tfjs' ? 'a TensorFlow.js model' : 'ONNX');
  if (!graph.ok) return graph;
  if (target === 'tfjs') {
    const model = tfjsModel(graph.value, stem);
    if (!model.ok) return model;
    const notRun = 'TensorFlow.js is not part of Slimwise';
    return success({ files: model.value.files, difference: null, notRun, quantized: [], kept: [] });
  }
  const network = onnxNetwork(graph.value);
  if (!network.ok) return network;
  const name = `${stem}.onnx`;
  if (target === 'onnx') {
    const difference = await differenceFrom(file, network.value.graph);
    if (!difference.ok) return difference;
    const { largest, notRun } = difference.value;
    if (largest !== null && !(largest <= allowed)) return failure(exportDiffers('ONNX', largest));
    const files = new Map([[name, encodeOnnxModel(network.value.graph)]]);
    return success({ files, difference: largest, notRun, quantized: [], kept: [] });
  }
  const size = (network.value.graph.inputs[0]?.dims ?? []).slice(1).reduce((product, dim) => product * dim, 1);
  const input = rng(0, 0, 'latents calibrate').fillNormal(new Float32Array(nCalibration * size));
  const int8 = int8Network(network.value, { input, count: nCalibration });
  if (!int8.ok) return int8;
  const difference = await differenceFrom(file, int8.value.graph);
  if (!difference.ok) return difference;
  const files = new Map([[name, encodeOnnxModel(int8.value.graph)]]);
  const { quantized, kept } = int8.value;
  return success({ files, difference: difference.value.largest, notRun: difference.value.notRun, quantized, kept });
}

interface Difference {
  readonly largest: number | null;
  readonly notRun: string | null;
}

/** The exported graph beside the packed runtime on the same latents. Whatever keeps either from running is told. */
async function differenceFrom(file: Uint8Array, graph: OnnxGraph): Promise<Result<Difference>> {
  const generator = await openPackedGenerator(file);
  if (!generator.ok) return success({ largest: null, notRun: generator.problem.message });
  const { latentSize, image } = generator.value;
  const input = rng(1, 0, 'latents export').fillNormal(new Float32Array(nTried * latentSize));
  const expected = generator.value.generate(input);
  const fetch = graph.outputs[0]?.name ?? 'output';
  const run = runOnnx(graph, { input, count: nTried, fetches: [fetch], optimize: true });
  if (!run.ok)
    return run.problem.code === 'SWP_EXPORT_DOES_NOT_RUN'
      ? run
      : success({ largest: null, notRun: run.problem.message });
  const drawn = run.value.get(fetch) ?? new Float32Array(0);
  const dims = graph.outputs[0]?.dims ?? [];
  const images =
    dims.length === 4 && dims[1] === image.channels && dims[3] !== image.channels ? channelsLast(drawn, image) : drawn;
  return success({ largest: largestDifference(expected, stretchedAs(images, expected)), notRun: null });
}

function channelsLast(
  values: Float32Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): Float32Array {
  const area = height * width;
  return values.map((_, i) => {
    const [image, at] = [Math.floor(i / (area * channels)), i % (area * channels)];
    return values[image * area * channels + (at % channels) * area + Math.floor(at / channels)] ?? 0;
  });
}

/** The engine's images are in [−1, 1]; a network that ends in a sigmoid gives [0, 1] itself. */
function stretchedAs(values: Float32Array, expected: Float32Array): Float32Array {
  const stretched = values.map((value) => value * 2 - 1);
  return largestDifference(stretched, expected) < largestDifference(values, expected) ? stretched : values;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}
