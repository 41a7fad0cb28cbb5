/**
 * For tests: a source whose lines say what the analysis must find there. `#= conv2d 64x16x16 p3136` after
 * a line means that this line builds exactly one layer with that operator, output shape (batch dropped) and
 * trainable parameters; several are separated by `|`, in order. `?` is a dimension that must not be known,
 * `unused` a layer that is never run. Lines without a mark must build nothing.
 */
import assert from 'node:assert/strict';
import type { AnalyzeOptions } from '../analyze.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';

export interface CheckOptions extends AnalyzeOptions {
  /** Other files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** Checks every marked line, and gives the models for further checks. */
export function checkAnnotations(source: string, options: CheckOptions = {}): readonly ModelReport[] {
  const { files = {}, path = 'model.py', ...analysis } = options;
  const host = memoryHost({ ...files, [path]: source });
  const { models } = toReport(describeFile(host, path, defaultSettings, analysis));
  const found = new Map<number, string[]>();
  for (const layer of models.flatMap(({ layers }) => layers)) {
    if (layer.file !== path || layer.type === 'InputLayer') continue;
    const described = found.get(layer.line);
    if (described === undefined) found.set(layer.line, [describeLayer(layer)]);
    else described.push(describeLayer(layer));
  }
  source.split('\n').forEach((text, idx) => {
    const marks = /#= ?(.*)$/.exec(text)?.[1] ?? '';
    const expected = marks
      .split('|')
      .map((mark) => mark.trim())
      .filter(Boolean);
    assert.deepEqual(found.get(idx + 1) ?? [], expected, `line ${idx + 1}: ${text.trim()}`);
  });
  return models;
}

function describeLayer({ op, outputShape, params, unused }: LayerReport): string {
  const shape = unused ? 'unused' : outputShape === null ? 'null' : outputShape.slice(1).join('x');
  return `${op} ${shape}${params === 0 ? '' : ` p${params ?? '?'}`}`;
}
