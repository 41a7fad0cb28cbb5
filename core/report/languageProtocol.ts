/**
 * What the language server offers beyond the language server protocol: the analysis of one open document
 * as data, for the status bar, the Models tree and the dialog that makes a plan. Any editor may ask.
 * The server says when an answer has changed; the client asks again only for what it shows.
 */
import type { LayerChange } from '../rewrite/changeGraph.ts';
import type { Result } from '../result.ts';
import type { AnalyzeReport } from './analyzeReport.ts';
import type { ModelFileReport } from './modelFileReport.ts';

/** Request `slimwise/models`: the report of one document, from its text as the editor has it now. */
export const modelsRequest = 'slimwise/models';

export interface ModelsParams {
  readonly textDocument: { readonly uri: string };
}

/** `files` in the answer are paths as the server knows them; an unopened or unsupported document has no models. */
export type ModelsResult = AnalyzeReport;

/** Notification `slimwise/modelsChanged`: the analysis of `uri` is not what it was. */
export const modelsChangedNotification = 'slimwise/modelsChanged';

export interface ModelsChangedParams {
  readonly uri: string;
}

/** Request `slimwise/modelFile`: what a model file (ONNX, TF.js `model.json`, safetensors) on the server's machine holds. */
export const modelFileRequest = 'slimwise/modelFile';

export interface ModelFileParams {
  readonly uri: string;
}

/** `file`s are paths as the server knows them. */
export type ModelFileResult = Result<ModelFileReport>;

/** Request `slimwise/analyze`: a source on the server's machine, opened or not, as `slimwise analyze` reads it. */
export const analyzeRequest = 'slimwise/analyze';

export interface AnalyzeParams {
  readonly textDocument: { readonly uri: string };
  /** The model to build, as written in the source: `Generator(100)`. */
  readonly entry?: string;
  /** Input shape with batch 1. */
  readonly input?: readonly number[];
}

/** Paths are absolute. */
export type AnalyzeResult = { readonly report: AnalyzeReport } | { readonly refused: string };

/** The edit of a source for choices made in the Model tree, the what-if table or a light bulb. */
export const proposeEditRequest = 'slimwise/proposeEdit';

export interface ProposeEditParams {
  readonly textDocument: { readonly uri: string };
  readonly model: string;
  /** In any order: widths first, then replacements, then bits. */
  readonly choices: readonly { readonly layer: string; readonly action: LayerChange }[];
}

/** Sums over a model: bytes of its weights as declared, MACs, trainable parameters. */
export interface ModelSizeReport {
  readonly bytes: number;
  readonly macs: number;
  readonly params: number;
}

export type ProposeEditResult =
  | {
      /** A workspace edit of the language server protocol. */
      readonly edit: unknown;
      /** Modules that the client writes first, where it said that it does; else they are part of the edit. */
      readonly created: readonly { readonly uri: string; readonly text: string }[];
      readonly layers: readonly { readonly model: string; readonly name: string }[];
      readonly before: ModelSizeReport;
      readonly after: ModelSizeReport;
      /** Choices that a source has no words for, as sentences; they are not counted in `after`. */
      readonly leftOut: readonly string[];
    }
  | { readonly refused: string };
