/**
 * A floor for each case of `bench:kernels`: the larger of the time for its operations and for its bytes. The
 * operations are the table rows that must be loaded, at two 128-bit loads per cycle (what current x86 cores do
 * with vectors), and the clock is measured; the bytes are weights, inputs and outputs once, at the measured
 * speed of a copy. Tables, planes and the fp32 layer's additions are not in it, so it is not attainable.
 */
import { benchLayers, kernelSize, type KernelCase } from './kernelsModel.ts';

export interface MeasuredMachine {
  readonly clockGhz: number;
  readonly copyGbps: number;
}

const loadsPerCycle = 2;
/** An integer multiplication and an addition that wait for each other, on x86 since 2008 and on Arm's large cores. */
const cyclesPerLink = 4;

export function measureMachine(): MeasuredMachine {
  // Short and often: the best round is one that nobody interrupted.
  let bestMs = Infinity;
  let word = 1;
  const links = 1e6;
  for (let round = 0; round < 100; round++) {
    const began = performance.now();
    for (let i = 0; i < links; i++) word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    bestMs = Math.min(bestMs, performance.now() - began);
  }
  const bytes = 64 * 2 ** 20;
  const [from, to] = [new Uint8Array(bytes).fill(word & 255), new Uint8Array(bytes)];
  let copyMs = Infinity;
  for (let round = 0; round < 6; round++) {
    const began = performance.now();
    to.set(from);
    copyMs = Math.min(copyMs, performance.now() - began);
  }
  return { clockGhz: (links * cyclesPerLink) / bestMs / 1e6, copyGbps: bytes / copyMs / 1e6 };
}

export function kernelFloors(
  kernelCase: KernelCase,
  { clockGhz, copyGbps }: MeasuredMachine,
): { readonly floorMs: number; readonly floorInt16Ms: number } {
  let [loadsF32, loadsI16, bytes] = [0, 0, 0];
  for (const { inChannels, outChannels, side, binary } of benchLayers(kernelCase)) {
    const positions = kernelCase.batch * Math.max(1, side * side);
    const rows = outChannels * (side === 0 ? 1 : kernelSize ** 2);
    const outPositions = side === 0 ? positions : positions * 4;
    bytes += (rows * inChannels) / (binary ? 8 : 0.25) + 4 * (positions * inChannels + outPositions * outChannels);
    if (binary) {
      const groups = Math.ceil(inChannels / 8);
      loadsF32 += rows * groups * Math.ceil(positions / 4);
      loadsI16 += rows * groups * Math.ceil(positions / 8);
    } else {
      // An input is loaded once for two rows of weights; as 13-bit numbers two channels lie in a register.
      const loads = (rows * inChannels * Math.ceil(positions / 4)) / 2;
      loadsF32 += loads;
      loadsI16 += loads / 2;
    }
  }
  const bytesMs = bytes / copyGbps / 1e6;
  const loadMs = (loads: number): number => loads / loadsPerCycle / clockGhz / 1e6;
  return { floorMs: Math.max(loadMs(loadsF32), bytesMs), floorInt16Ms: Math.max(loadMs(loadsI16), bytesMs) };
}
