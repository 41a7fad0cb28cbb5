/** Families of operators that the report and the findings treat alike, as type guards over the shared operator table. */
import type { OpCall } from '../../core/graph/ops.ts';

export type ConvolutionCall = Extract<OpCall, { readonly op: 'conv1d' | 'conv2d' | 'conv3d' | 'separable_conv2d' }>;
export type DeconvolutionCall = Extract<
  OpCall,
  { readonly op: 'conv1d_transpose' | 'conv2d_transpose' | 'conv3d_transpose' }
>;
export type DenseCall = Extract<OpCall, { readonly op: 'dense' }>;

export function isConvolution(call: OpCall): call is ConvolutionCall {
  return /^(separable_)?conv[123]d$/.test(call.op);
}

export function isDeconvolution(call: OpCall): call is DeconvolutionCall {
  return /^conv[123]d_transpose$/.test(call.op);
}

/** Layers that are one matrix product, which is what PBGen's binarization applies to. */
export function isMatrixLayer(call: OpCall): call is ConvolutionCall | DeconvolutionCall | DenseCall {
  return isConvolution(call) || isDeconvolution(call) || call.op === 'dense';
}

/** One filter per input channel. */
export function isDepthwise(call: OpCall): boolean {
  if (!isConvolution(call)) return false;
  const { groups, inChannels } = call.attributes;
  return groups > 1 && groups === inChannels;
}
