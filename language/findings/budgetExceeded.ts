/**
 * SW301: the weights of a model, as it stands, take more bytes than the chosen budget. Says what int8 and
 * 1 bit would take, so that the reader knows which compression is enough. A model with unknown layers
 * is only ever said to take at least so much.
 */
import { formatBytes } from '../../core/format/numbers.ts';
import { lowerBounds } from '../../core/report/lowerBounds.ts';
import { atModel, type FindingRule } from './rule.ts';

export const budgetExceeded: FindingRule = {
  code: 'SW301',
  title: 'Memory budget exceeded',
  severity: 'warning',
  check({ report }, { budget }) {
    const { bytes, declaredBytes } = report.totals;
    const now = declaredBytes ?? bytes.fp32;
    if (budget === null || now <= budget.bytes) return [];
    const as = declaredBytes === undefined ? 'at fp32' : 'with the bits that it declares';
    const limit = `${budget.name} (${formatBytes(budget.bytes)})`;
    return [
      atModel(
        report,
        `${report.name} takes ${lowerBounds(report).weights ? 'at least ' : ''}${formatBytes(now)} ${as}, more than ${limit}. ` +
          `int8 would take ${formatBytes(bytes.int8)}, 1-bit weights ${formatBytes(bytes.binary)}.`,
      ),
    ];
  },
};
