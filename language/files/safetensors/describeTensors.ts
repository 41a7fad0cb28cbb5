/**
 * A safetensors file: its header alone is read, and becomes a table of tensors. A source beside it whose model
 * has weights of these names and shapes is analysed too, so that layers, costs and redundancy can be shown, and
 * each tensor says whether it fits. Metadata is text of the file and is shown as such.
 */
import type { FileFact, ModelFileReport, TensorFileReport, TensorRow } from '../../../core/report/modelFileReport.ts';
import { failure, success, type Result } from '../../../core/result.ts';
import {
  bytesPerElement,
  headerLength,
  parseTensorHeader,
  type TensorEntry,
} from '../../../core/tensors/safetensorsHeader.ts';
import type { LanguageSettings } from '../../settings.ts';
import type { SourceHost } from '../../sourceHost.ts';
import type { ByteSource } from '../byteSource.ts';
import { sizeOf } from '../constants.ts';
import { describeGraph } from '../describeGraph.ts';
import { tensorFileUnreadable } from '../problems.ts';
import { findSource } from './findSource.ts';
import type { SourceMatch } from './matchSource.ts';

/** A header of 100 MB, the format's own limit, would hold about a million tensors. */
const maxHeaderValues = 3_000_000;
const longestFact = 200;

export function describeTensors(
  file: ByteSource,
  path: string,
  settings: LanguageSettings,
  sources: SourceHost | null,
): Result<ModelFileReport> {
  const length = headerLength(file.read(0, 8), file.size);
  if (!length.ok) return failure(tensorFileUnreadable(length.reason));
  const header = parseTensorHeader(file.read(8, length.value), file.size - 8 - length.value, {
    maxValues: maxHeaderValues,
  });
  if (!header.ok) return failure(tensorFileUnreadable(header.reason));
  const { entries, metadata } = header.value;
  const match = sources === null || entries.length === 0 ? null : findSource(sources, path, entries);
  const facts = [...metadata].slice(0, 20).map(([label, value]): FileFact => ({ label, value: shortened(value) }));
  return success({
    version: 1,
    file: path,
    format: 'safetensors',
    sizeBytes: file.size,
    facts,
    models: match === null ? [] : [describeGraph(match.graph, settings)],
    tensors: tensorReport(entries, match),
    problems: [],
  });
}

function tensorReport(entries: readonly TensorEntry[], match: SourceMatch | null): TensorFileReport {
  const rows = entries.map(({ name, dtype, shape }): TensorRow => {
    const values = sizeOf(shape);
    return { name, dtype, shape, values, bytes: values * bytesPerElement[dtype], fit: match?.fits.get(name) ?? null };
  });
  const count = (...kinds: readonly string[]): number =>
    rows.filter(({ fit }) => fit && kinds.includes(fit.kind)).length;
  return {
    rows,
    totals: {
      tensors: rows.length,
      values: rows.reduce((total, { values }) => total + values, 0),
      bytes: rows.reduce((total, { bytes }) => total + bytes, 0),
    },
    source:
      match === null
        ? null
        : {
            model: match.graph.name,
            file: match.graph.file,
            line: match.graph.line,
            instantiation: match.graph.instantiation,
            fits: count('fits', 'byShape'),
            misfits: count('misfits'),
            extra: count('extra'),
          },
    missing: match?.missing ?? [],
  };
}

function shortened(text: string): string {
  return text.length > longestFact ? `${text.slice(0, longestFact)}…` : text;
}
