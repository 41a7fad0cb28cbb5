/**
 * A generator that draws from a packed model file with the bit kernels: no TF.js, no ONNX Runtime, and the
 * file's bytes are not kept. Weights stay as they are in the file, a bit a bit; what a run needs beside them is
 * given back after it. Images come as [image][row][column][channel] in [−1, 1], as everywhere in the engine.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { success, type Result } from '../../core/result.ts';
import { readPacked } from '../formats/packedModel.ts';
import type { CompiledLayer } from './compilation.ts';
import { compileGenerator, type CompiledGenerator } from './compileGenerator.ts';
import { createKernelMemory, type KernelMemory } from './kernelMemory.ts';
import { planMemory, type MemoryPlan } from './planMemory.ts';
import type { Precision } from './tapLayer.ts';
import { bringIn, bringOut, sizeOfValue } from './valueShape.ts';

export interface PackedGenerator {
  readonly name: string;
  /** Numbers that make one image. */
  readonly latentSize: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  readonly layers: readonly CompiledLayer[];
  /**
   * One image for every `latentSize` numbers. `int8` quantizes the inputs of (transposed) convolutions to 8 bits
   * where their weights are bits and to 13 where they are fp32, and adds whole numbers; dense layers stay in fp32.
   */
  generate(latents: Float32Array, options?: GenerateOptions): Float32Array;
  /** Measured, not estimated. */
  memory(): GeneratorMemory;
}

export interface GenerateOptions {
  readonly precision?: Precision;
}

export interface GeneratorMemory {
  /** What stays: bits, scales and fp32 weights, and the kernels' own lists. */
  readonly residentBytes: number;
  /** The most that values between layers took in a run so far. */
  readonly peakActivationBytes: number;
  /** The most that a run has needed beyond the resident bytes: values, tables and planes. */
  readonly peakRunBytes: number;
}

/** A larger batch is drawn in parts, so that memory does not grow with it. */
const imagesAtOnce = 8;

export async function openPackedGenerator(file: Uint8Array): Promise<Result<PackedGenerator>> {
  const packed = readPacked(file);
  if (!packed.ok) return packed;
  const memory = await createKernelMemory();
  const compiled = compileGenerator(memory, packed.value);
  if (!compiled.ok) return compiled;
  return success(generatorOf(memory, compiled.value, packed.value.graph));
}

function generatorOf(memory: KernelMemory, compiled: CompiledGenerator, graph: ModelGraph): PackedGenerator {
  const shapeOf = (value: number) => compiled.shapes[value] ?? { channels: 0, height: 0, width: 0, order: 'vector' };
  const [inputShape, outputShape] = [shapeOf(compiled.input), shapeOf(compiled.output)];
  const latentSize = sizeOfValue(inputShape);
  const stretched = endsInSigmoid(graph);
  let peakActivationBytes = 0;
  const plans = new Map<number, MemoryPlan>();
  const planFor = (images: number): MemoryPlan => {
    const known = plans.get(images);
    if (known) return known;
    const { steps, input, output } = compiled;
    const plan = planMemory(steps, input, output, (value) => sizeOfValue(shapeOf(value)) * images * 4, images);
    plans.set(images, plan);
    return plan;
  };

  const drawPart = (latents: Float32Array, images: number, precision: Precision): Float32Array => {
    const { steps, input, output } = compiled;
    const plan = planFor(images);
    peakActivationBytes = Math.max(peakActivationBytes, plan.bytes);
    return memory.scratch((allocate) => {
      const base = allocate(plan.bytes);
      const place = (value: number): number => base + (plan.offsets.get(value) ?? 0);
      bringIn(latents, memory.floats(place(input), latentSize * images), inputShape, images);
      const at = new Map<number, number>([[input, place(input)]]);
      for (const step of steps) {
        const inputs = step.inputs.map((value) => at.get(value) ?? 0);
        const out = place(step.output);
        const [first = 0] = inputs;
        const bytes = sizeOfValue(shapeOf(step.output)) * images * 4;
        if (step.inPlace === 'always' && first !== out) memory.bytes(out, bytes).set(memory.bytes(first, bytes));
        step.run(inputs, out, images, precision);
        at.set(step.output, out);
      }
      const values = memory.floats(at.get(output) ?? 0, sizeOfValue(outputShape) * images);
      const drawn = bringOut(values, outputShape, images);
      return stretched ? drawn.map((value) => value * 2 - 1) : drawn;
    });
  };

  return {
    name: graph.name,
    latentSize,
    image: { height: outputShape.height, width: outputShape.width, channels: outputShape.channels },
    layers: compiled.layers,
    generate(latents, { precision = 'fp32' } = {}) {
      if (latents.length === 0 || latents.length % latentSize !== 0) {
        throw new RangeError(`${latents.length} latents do not make whole images of ${latentSize}`);
      }
      const nImages = latents.length / latentSize;
      if (nImages <= imagesAtOnce) return drawPart(latents, nImages, precision);
      const drawn = new Float32Array(sizeOfValue(outputShape) * nImages);
      for (let from = 0; from < nImages; from += imagesAtOnce) {
        const images = Math.min(imagesAtOnce, nImages - from);
        const part = drawPart(latents.subarray(from * latentSize, (from + images) * latentSize), images, precision);
        drawn.set(part, from * sizeOfValue(outputShape));
      }
      return drawn;
    },
    memory() {
      const { residentBytes, peakScratchBytes } = memory.usage();
      return { residentBytes, peakActivationBytes, peakRunBytes: peakScratchBytes };
    },
  };
}

/** Such a network's images are in [0, 1]; the engine's rule (`train/network.ts`) stretches them. */
function endsInSigmoid(graph: ModelGraph): boolean {
  for (let node = graph.nodes[graph.outputs[0] ?? -1]; node; node = graph.nodes[node.inputs[0] ?? -1]) {
    if (node.op === 'activation') return node.attributes.fn === 'sigmoid';
    if (!['reshape', 'flatten', 'squeeze', 'unsqueeze', 'identity'].includes(node.op)) return false;
  }
  return false;
}
