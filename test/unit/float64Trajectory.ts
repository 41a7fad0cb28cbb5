/** A process of its own: the trajectory of a tiny GAN in float64, as JSON on stdout. Argument: which GAN. */
import { startFloat64 } from './inFloat64.ts';
import type { TinyGan } from './ganTrajectory.ts';

await startFloat64();
const { recordTrajectory } = await import('./ganTrajectory.ts');
const [, , gan = 'tfjs'] = process.argv;
process.stdout.write(JSON.stringify(recordTrajectory(gan as TinyGan)));
