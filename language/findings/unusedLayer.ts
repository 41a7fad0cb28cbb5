/**
 * SW406: a layer that the constructor builds and nothing runs. Its weights are still saved, counted and
 * sent to the optimizer. Layers without weights are not worth a word. Said only where it is sure: the model
 * was followed to its end, and the source never names the layer again (a loss may run what `forward` does not).
 */
import { formatCount } from '../../core/format/numbers.ts';
import { atLayer, type FindingRule } from './rule.ts';

export const unusedLayer: FindingRule = {
  code: 'SW406',
  title: 'Layer built and never run',
  severity: 'warning',
  check({ report, graph }) {
    const isFollowed = graph.outputs.length > 0 && graph.faults.every(({ kind }) => kind === 'unknownInput');
    if (!isFollowed || graph.nodes.some(({ unknown }) => unknown !== null && /depends on|how often/.test(unknown)))
      return [];
    const forgotten = new Set(graph.layers.flatMap(({ name, isForgotten }) => (isForgotten === true ? [name] : [])));
    return report.layers
      .filter((row) => row.unused && (row.params ?? 0) > 0 && forgotten.has(row.name))
      .map((row) =>
        atLayer(
          row,
          `${row.type} '${row.name}' is built and never run; its ${formatCount(row.params ?? 0)} parameters are ` +
            'still saved and counted.',
        ),
      );
  },
};
