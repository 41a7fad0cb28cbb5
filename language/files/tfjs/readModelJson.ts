/**
 * A TF.js `model.json` (or a Keras model as JSON) → its graph: strict JSON within bounds, then a layers model or
 * a graph model. A JSON file of another kind is told apart, so that a folder may hold any `model.json`.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { formatBytes, formatExact } from '../../../core/format/numbers.ts';
import { parseStrictJson } from '../../../core/json/strictJson.ts';
import type { FileFact } from '../../../core/report/modelFileReport.ts';
import { failure, success, type Result } from '../../../core/result.ts';
import type { ModelFile } from '../byteSource.ts';
import { sizeOf } from '../constants.ts';
import { fault, readGuarded, tooLarge } from '../modelFault.ts';
import { modelJsonUnreadable, notAModelJson } from '../problems.ts';
import { graphModel } from './graphModel.ts';
import { asList, asMap, asText, type JsonMap } from './json.ts';
import { layersModel } from './layersModel.ts';
import { readManifest, type ManifestWeight } from './weightsManifest.ts';

export interface ModelJsonOptions {
  readonly file: string;
  readonly name: string;
  readonly inputs?: readonly Shape[];
}

export interface ModelJson {
  readonly format: 'tfjs-layers' | 'tfjs-graph';
  readonly facts: readonly FileFact[];
  readonly graph: ModelGraph;
}

/** Topologies of thousands of layers are far below this; weights do not stand in it. */
const maxBytes = 64 * 1024 * 1024;
const limits = { deepest: 64, maxValues: 2_000_000 };

export function readModelJson(file: ModelFile, options: ModelJsonOptions): Result<ModelJson> {
  return readGuarded(modelJsonUnreadable, () => {
    if (file.size > maxBytes) tooLarge(`a model.json of ${formatBytes(file.size)}`);
    const parsed = parseStrictJson(decode(file), limits);
    if (!parsed.ok) fault(`it is not plain JSON: ${parsed.reason}`);
    const top = asMap(parsed.value);
    const topology = top === null ? null : topologyOf(top);
    if (top === null || topology === null) return failure(notAModelJson());
    const weights = readManifest(top.get('weightsManifest'));
    const facts = factsOf(top, topology, weights);
    const nodes = asList(topology.get('node'));
    const graph =
      nodes === null ? layersModel(topology, weights, options) : graphModel({ nodes, top, weights, file }, options);
    return success({ format: nodes === null ? 'tfjs-layers' : 'tfjs-graph', facts, graph });
  });
}

/** null: this JSON is something else. */
function topologyOf(top: JsonMap): JsonMap | null {
  const topology = asMap(top.get('modelTopology'));
  if (topology !== null) return topology;
  const isKeras = /^(Sequential|Functional|Model)$/.test(asText(top.get('class_name')) ?? '') && top.has('config');
  return isKeras ? top : null;
}

function decode(file: ModelFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file.read(0, file.size));
  } catch {
    return fault('it is not UTF-8');
  }
}

function factsOf(top: JsonMap, topology: JsonMap, weights: readonly ManifestWeight[]): readonly FileFact[] {
  const version = asText(topology.get('keras_version'));
  const facts: (readonly [string, string | null])[] = [
    ['Written by', asText(top.get('generatedBy'))],
    ['Converted by', asText(top.get('convertedBy'))],
    ['Keras', version === null ? null : version.replace(/^keras /, '')],
    ['Stored weights', weights.length === 0 ? null : storedText(weights)],
  ];
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value: value.slice(0, 200) }]));
}

function storedText(weights: readonly ManifestWeight[]): string {
  const kinds = [...new Set(weights.map(({ quantized, dtype }) => quantized ?? dtype))];
  const files = [...new Set(weights.flatMap(({ place }) => place?.paths ?? []))];
  const values = weights.reduce((total, { shape }) => total + sizeOf(shape), 0);
  const where =
    files.length === 0 ? '' : ` in ${files[0] ?? ''}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`;
  return `${formatExact(weights.length)} tensors, ${formatExact(values)} values of ${kinds.join(', ')}${where}`;
}
