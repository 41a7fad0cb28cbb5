/**
 * One model file in, its report out: the counterpart of `describeFile` for ONNX, TF.js and safetensors. Which
 * format it is follows from its name, as the editor and the command line choose it. Bounded, and it never throws
 * for what stands in a file: what cannot be read is a Problem, what cannot be known has its reason in the report.
 */
import type { Shape } from '../../core/graph/shape.ts';
import type { FileFact, ModelFileFormat, ModelFileReport } from '../../core/report/modelFileReport.ts';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import type { ModelFile } from './byteSource.ts';
import { describeGraph } from './describeGraph.ts';
import { readGuarded } from './modelFault.ts';
import { onnxFacts } from './onnx/describeOnnx.ts';
import { onnxGraph } from './onnx/onnxGraph.ts';
import { readOnnx } from './onnx/readOnnx.ts';
import { notAModelFile, onnxUnreadable } from './problems.ts';
import { describeTensors } from './safetensors/describeTensors.ts';
import { readModelJson } from './tfjs/readModelJson.ts';

export interface ModelFileOptions {
  /** Shapes of the inputs in place of what the file states, batch 1. */
  readonly inputs?: readonly Shape[];
  /** Where the sources beside a safetensors file are; none are looked for without it. */
  readonly sources?: SourceHost;
}

/** `path` is shown, and names the model; relative to the root of `options.sources`. */
export function describeModelFile(
  file: ModelFile,
  path: string,
  settings: LanguageSettings,
  options: ModelFileOptions = {},
): Result<ModelFileReport> {
  if (/\.onnx$/i.test(path)) return describeOnnx(file, path, settings, options);
  if (/\.safetensors$/i.test(path)) return describeTensors(file, path, settings, options.sources ?? null);
  if (!/\.json$/i.test(path)) return failure(notAModelFile(path));
  const read = readModelJson(file, { file: path, name: stemOf(path), ...options });
  if (!read.ok) return read;
  const { format, facts, graph } = read.value;
  return success(report(file, path, format, facts, [describeGraph(graph, settings)]));
}

function describeOnnx(
  file: ModelFile,
  path: string,
  settings: LanguageSettings,
  { inputs }: ModelFileOptions,
): Result<ModelFileReport> {
  const read = readOnnx(file);
  if (!read.ok) return read;
  return readGuarded(onnxUnreadable, () => {
    const graph = onnxGraph(read.value, { file: path, ...(inputs === undefined ? {} : { inputs }) });
    const model = describeGraph({ ...graph, name: stemOf(path) }, settings);
    return success(report(file, path, 'onnx', onnxFacts(read.value), [model]));
  });
}

function report(
  file: ModelFile,
  path: string,
  format: ModelFileFormat,
  facts: readonly FileFact[],
  models: readonly ModelReport[],
): ModelFileReport {
  return { version: 1, file: path, format, sizeBytes: file.size, facts, models, tensors: null, problems: [] };
}

/** `generator` of `models/generator.onnx`; a `model.json` is named by its folder. */
function stemOf(path: string): string {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (/^model\.json$/i.test(name)) return parts.pop() || 'model';
  return name.replace(/\.[^.]*$/, '') || name;
}
