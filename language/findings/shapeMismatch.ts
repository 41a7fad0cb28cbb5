/**
 * SW401: two shapes that meet do not fit. An error: this code cannot run. The message names both shapes. A Keras
 * model that is fed channels first without saying so relies on the machine's own Keras settings, and is left alone;
 * so is a Keras shape that differs by the size of the batch only, which Keras' layers do not count, and whatever
 * has no place in a file where one could go and look.
 */
import type { GraphFault } from '../../core/graph/modelGraph.ts';
import type { CostedModel } from '../report/modelRow.ts';
import { atFaults, type FindingRule } from './rule.ts';

export const shapeMismatch: FindingRule = {
  code: 'SW401',
  title: 'Shapes do not fit',
  severity: 'error',
  check(model) {
    if (isFedChannelsFirst(model)) return [];
    const { graph } = model;
    const faults = graph.faults.filter(
      (fault) => fault.site.file !== '' && !(graph.framework === 'keras' && isBatchOnly(fault)),
    );
    return atFaults({ ...model, graph: { ...graph, faults } }, 'shapeMismatch');
  },
};

/** `cannot reshape 6272 (200704 values) into 7×7×128 (6272 values)`: without the batch of 32 it fits. */
function isBatchOnly({ message }: GraphFault): boolean {
  const [, from, into] = /cannot reshape ([\d×]+) \(\d+ values\) into ([\d×]+) /.exec(message) ?? [];
  return from !== undefined && into !== undefined && productOf(from) === productOf(into);
}

function productOf(shape: string): number {
  return shape.split('×').reduce((product, size) => product * Number(size), 1);
}

/** An image of 1 or 3 rows whose other two sizes are equal has its channels first. */
function isFedChannelsFirst({ graph }: CostedModel): boolean {
  if (graph.framework !== 'keras') return false;
  return graph.inputs.some((id) => {
    const [, rows, columns, channels] = graph.nodes[id]?.shape ?? [];
    return (rows === 1 || rows === 3) && columns === channels && typeof columns === 'number' && columns > 4;
  });
}
