/**
 * The JSON contract of `slimwise analyze --json`, version 1. The language server's hints and hovers,
 * the Model tree and the command line's table are all views of this. Shapes have the framework's own
 * layout with batch 1; a dimension that cannot be known is "?". `params` are trainable only.
 */
import type { WeightBits } from '../cost/weightBits.ts';
import type { Framework } from '../graph/modelGraph.ts';
import type { OpName } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import type { ModelFileSummary } from './modelFileReport.ts';

export interface AnalyzeReport {
  readonly version: 1;
  readonly models: readonly ModelReport[];
  readonly problems: readonly ReportProblem[];
  /** What was read from model files (ONNX, TF.js, safetensors), beside their models; absent where there was none. */
  readonly modelFiles?: readonly ModelFileSummary[];
}

export interface ModelReport {
  readonly name: string;
  readonly framework: Framework;
  readonly file: string;
  /** In a notebook, here and below: the code cell, counted from 1; lines count within it. */
  readonly cell?: number;
  readonly line: number;
  readonly instantiation: string | null;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly (Shape | null)[];
  readonly layers: readonly LayerReport[];
  readonly totals: Totals;
  readonly findings: readonly Finding[];
}

export interface LayerReport {
  readonly name: string;
  /** `activation` layers are named by their function: `relu`, `tanh`. */
  readonly op: OpName | string;
  readonly type: string;
  readonly file: string;
  readonly cell?: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly stack: readonly { readonly file: string; readonly cell?: number; readonly line: number }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputShapes: readonly (Shape | null)[] | null;
  readonly outputShape: Shape | null;
  readonly unknown: string | null;
  readonly params: number | null;
  readonly nonTrainable: number;
  readonly macs: number | null;
  readonly calls: readonly CallReport[];
  readonly unused: boolean;
  readonly dor: DorReport | null;
  readonly sensitivity: SensitivityReport | null;
  readonly bytes: ByteReport | null;
  /** Where the source declares fewer bits for the kernel: those bits, and the layer's bytes with them. */
  readonly declared?: { readonly bits: WeightBits; readonly bytes: number };
}

export interface CallReport {
  readonly inputShapes: readonly (Shape | null)[];
  readonly outputShape: Shape | null;
  readonly macs: number | null;
}

export interface DorReport {
  readonly value: number;
  readonly formula: 'deconv' | 'conv' | 'conv-derived' | 'dense';
}

export interface SensitivityReport {
  readonly level: 'low' | 'medium' | 'high';
  readonly basis: 'predicted' | 'measured';
  readonly why: string;
}

/** Bytes of a layer's weights: all fp32; all int8 with scales; weights 1 bit with per-channel scales, the rest fp32. */
export interface ByteReport {
  readonly fp32: number;
  readonly int8: number;
  readonly binary: number;
}

export interface Totals {
  readonly params: number;
  readonly nonTrainable: number;
  readonly macs: number;
  readonly bytes: ByteReport;
  /** Bytes with the bits that the source declares, where it declares any; without it they are `bytes.fp32`. */
  readonly declaredBytes?: number;
  /** True where some layer is unknown, so that the sums are lower bounds. */
  readonly partial: boolean;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

export interface Finding {
  /** SW1xx redundancy, SW2xx sensitivity, SW3xx budget, SW4xx shape. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly cell?: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Name of the layer it is about, where there is one. */
  readonly layer?: string;
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly message: string;
  readonly file: string;
  readonly cell?: number;
  readonly line: number;
}

export interface ReportProblem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly cell?: number;
  readonly line: number;
}
