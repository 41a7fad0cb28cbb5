/**
 * A process of its own: how every case of `operatorCases.ts` changes along random directions, as central
 * differences in float64. Writes JSON to stdout: by case, order and argument, one difference per direction.
 */
import { startFloat64 } from './inFloat64.ts';
import type { Differences } from './operatorDifferences.ts';

await startFloat64();
const { functionsOf, operatorCases } = await import('./operatorCases.ts');
const { directionOf, keyOf, nDirections } = await import('./operatorDifferences.ts');

/** In float64 both the curvature and the rounding of a central difference are then below 1e-9. */
const step = 1e-5;

const differences: Differences = {};
for (const operatorCase of operatorCases) {
  const functions = functionsOf(operatorCase);
  for (const order of ['first', 'second'] as const) {
    if (order === 'second' && operatorCase.once === true) continue;
    for (const [argument, start] of functions.at) {
      differences[keyOf(operatorCase, order, argument)] = Array.from({ length: nDirections }, (_, k) => {
        const direction = directionOf(start.length, k);
        const moved = (by: number): number =>
          functions.value(
            order,
            new Map([...functions.at, [argument, start.map((value, i) => value + by * (direction[i] ?? NaN))]]),
          );
        return (moved(step) - moved(-step)) / (2 * step);
      });
    }
  }
  functions.dispose();
}
process.stdout.write(JSON.stringify(differences));
