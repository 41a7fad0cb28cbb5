/**
 * What is read from a model file (ONNX, TF.js `model.json`, safetensors): its models as the analysis of a
 * source gives them, its tensors where it holds nothing else, and facts about the file itself. The model
 * editor shows it, and `slimwise analyze` prints it. Weights are never in it, only their shapes and sizes.
 */
import type { ModelReport, ReportProblem } from './analyzeReport.ts';

export type ModelFileFormat = 'onnx' | 'tfjs-layers' | 'tfjs-graph' | 'safetensors';

export interface ModelFileReport extends ModelFileSummary {
  readonly version: 1;
  readonly models: readonly ModelReport[];
  readonly problems: readonly ReportProblem[];
}

export interface ModelFileSummary {
  readonly file: string;
  readonly format: ModelFileFormat;
  /** The file itself; weights that stand in other files are not part of it. */
  readonly sizeBytes: number;
  /** What the file says about itself: who wrote it, which operator set, where its weights are. */
  readonly facts: readonly FileFact[];
  /** Only a safetensors file has them. */
  readonly tensors: TensorFileReport | null;
}

export interface FileFact {
  readonly label: string;
  readonly value: string;
}

/** The tensors of a safetensors file, beside the weights of a source where one was found that they belong to. */
export interface TensorFileReport {
  readonly rows: readonly TensorRow[];
  readonly totals: { readonly tensors: number; readonly values: number; readonly bytes: number };
  readonly source: TensorSource | null;
  /** Weights of the source's model that the file does not have. */
  readonly missing: readonly MissingWeight[];
}

export interface TensorRow {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: number;
  readonly bytes: number;
  /** null: there is no source, or the tensor is a counter that is no weight. */
  readonly fit: TensorFit | null;
}

export interface TensorFit {
  /** `fits`: name and shape; `byShape`: another name, and no other weight has its shape; `misfits`: the name with another shape; `extra`: no weight of the model. */
  readonly kind: 'fits' | 'byShape' | 'misfits' | 'extra';
  readonly layer: string | null;
  readonly weight: string | null;
  readonly expected: readonly number[] | null;
}

export interface TensorSource {
  readonly model: string;
  readonly file: string;
  readonly line: number;
  readonly instantiation: string | null;
  readonly fits: number;
  readonly misfits: number;
  readonly extra: number;
}

export interface MissingWeight {
  readonly layer: string;
  readonly weight: string;
  readonly shape: readonly number[];
}
