/**
 * SW203: the runtime that the user chose has no quantized kernel for a transposed convolution, so int8
 * brings less there than its bytes promise. Said only where a runtime was chosen; each claim names the
 * public report it rests on.
 */
import { isDeconvolution } from '../report/layerKind.ts';
import type { TargetRuntime } from '../settings.ts';
import { atLayer, type FindingRule } from './rule.ts';

const gaps: Readonly<Record<Exclude<TargetRuntime, 'any'>, string>> = {
  onnxruntime: 'ONNX Runtime has no integer kernel for ConvTranspose, so it computes in fp32 (onnxruntime#8988)',
  pytorch: 'PyTorch has no per-channel weight observer for ConvTranspose, so one scale serves all (pytorch#54816)',
  xnnpack: 'XNNPACK has no per-channel int8 transposed convolution (XNNPACK#2762)',
};

export const runtimeKernel: FindingRule = {
  code: 'SW203',
  title: 'Runtime without a quantized kernel',
  severity: 'information',
  check({ rows }, { targetRuntime }) {
    if (targetRuntime === 'any') return [];
    return rows
      .filter(({ layer }) => isDeconvolution(layer))
      .map(({ row }) => atLayer(row, `Predicted to gain little from int8: ${gaps[targetRuntime]}.`));
  },
};
