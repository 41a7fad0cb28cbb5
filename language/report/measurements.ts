/**
 * Measured sensitivity as the analysis finds it: the nearest `.slimwise/sensitivity.json` at or above a source file,
 * read through the host like any other text. A file that is no such table counts as none. The text is compared
 * before it is parsed again, because this runs at every edit.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import {
  parseSensitivity,
  type NetworkSensitivity,
  type SensitivityFile,
} from '../../core/sensitivity/sensitivityFile.ts';
import type { SourceHost } from '../sourceHost.ts';

export interface Measurements {
  /** The folder that holds `.slimwise`; `''` is the root. */
  readonly folder: string;
  readonly text: string;
  readonly table: SensitivityFile;
}

export function readMeasurements(host: SourceHost, file: string, before: Measurements | null): Measurements | null {
  for (let folder = parentOf(file); ; folder = parentOf(folder)) {
    const text = host.read(inFolder(folder, '.slimwise/sensitivity.json'));
    if (text !== null) {
      if (before !== null && before.folder === folder && before.text === text) return before;
      const table = parseSensitivity(text);
      if (table !== null) return { folder, text, table };
    }
    if (folder === '') return null;
  }
}

/** What was measured of this model; by its file and the name of its class or builder. */
export function measurementsOf(measurements: Measurements | null, graph: ModelGraph): NetworkSensitivity | null {
  if (measurements === null) return null;
  const { folder, table } = measurements;
  return (
    table.networks.find(({ file, model }) => inFolder(folder, file) === graph.file && model === graph.name) ?? null
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
