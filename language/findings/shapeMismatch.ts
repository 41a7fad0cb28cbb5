/**
 * SW401: two shapes that meet do not fit. An error: this code cannot run. The message names both shapes. A Keras
 * model that is fed channels first without saying so relies on the machine's own Keras settings, and is left alone.
 */
import type { CostedModel } from '../report/modelRow.ts';
import { atFaults, type FindingRule } from './rule.ts';

export const shapeMismatch: FindingRule = {
  code: 'SW401',
  title: 'Shapes do not fit',
  severity: 'error',
  check: (model) => (isFedChannelsFirst(model) ? [] : atFaults(model, 'shapeMismatch')),
};

/** An image of 1 or 3 rows whose other two sizes are equal has its channels first. */
function isFedChannelsFirst({ graph }: CostedModel): boolean {
  if (graph.framework !== 'keras') return false;
  return graph.inputs.some((id) => {
    const [, rows, columns, channels] = graph.nodes[id]?.shape ?? [];
    return (rows === 1 || rows === 3) && columns === channels && typeof columns === 'number' && columns > 4;
  });
}
