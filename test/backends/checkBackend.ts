/**
 * `npm run test:backend -- tensorflow` or `-- onnxruntime webgpu`: tiny GANs on a backend (and execution
 * provider) that not every machine has, against TF.js's `cpu` backend. Compares losses, gradients and weights over 20 steps of training; and the gradient of every operator that trains, against
 * differences in float64. Prints the worst and fails above 1e-4.
 * A backend that does not start is a failure with its reason; exit 2 means that tfjs-node, fetched when it is
 * asked for and missing, could not be had.
 */
import { selectBackend, type BackendName, type BackendRequest } from '../../engine/tensors/selectBackend.ts';
import { fetchTensorflow, tensorflowFolder, tensorflowIsThere } from '../../bench/fetchTensorflow.ts';
import { worstDifference } from '../unit/compareTrajectories.ts';
import { operatorCases, type OperatorCase } from '../unit/operatorCases.ts';
import { differencesInFloat64, worstGradient } from '../unit/operatorDifferences.ts';
import { nTrajectorySteps, recordTrajectory, type TinyGan, type Trajectory } from '../unit/ganTrajectory.ts';

const tolerance = 1e-4;
const couldNotFetch = 2;

const [, , backend = 'onnxruntime', provider = 'cpu'] = process.argv;
if (backend === 'tensorflow' && !tensorflowIsThere()) {
  try {
    console.log('Fetching @tensorflow/tfjs-node with libtensorflow 1.15 into .cache/ (once)…');
    fetchTensorflow();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(couldNotFetch);
  }
}
const request: BackendRequest = { backend: backend as BackendName, threads: 2, provider, tensorflowFolder };
const name = backend === 'onnxruntime' ? `${backend} (${provider})` : backend;
const actual = await trajectoriesOn(request, (version) => console.log(`${name} ${version}`));
const expected = await trajectoriesOn({ backend: 'cpu', threads: 1 }, () => undefined);
let nFailed = 0;
actual.forEach(([gan, trajectory], i) => {
  const { by, where } = worstDifference(trajectory, expected[i]?.[1] ?? trajectory);
  const isClose = by < tolerance;
  if (!isClose) nFailed += 1;
  console.log(
    `  ${nTrajectorySteps} steps of a tiny GAN (${gan}): relative difference of at most ${by.toExponential(1)} ` +
      `(${where})${isClose ? '' : ': TOO FAR'}`,
  );
});
const selected = await selectBackend(request);
if (!selected.ok) throw new Error(selected.problem.message);
const differences = differencesInFloat64();
let worstOperator = { by: 0, name: '' };
for (const operatorCase of operatorCases) {
  const { by, argument } = gradientOf(operatorCase);
  if (by > worstOperator.by) worstOperator = { by, name: `${operatorCase.name}, ${argument}` };
  if (by < tolerance) continue;
  nFailed += 1;
  console.log(`  gradient of ${operatorCase.name}, ${argument}: difference of ${by.toExponential(1)}: TOO FAR`);
}
console.log(
  `  gradients of ${operatorCases.length} operators: difference from float64 of at most ` +
    `${worstOperator.by.toExponential(1)} (${worstOperator.name})`,
);
process.exit(nFailed === 0 ? 0 : 1);

/** A kernel that a device cannot run throws; the others are checked all the same. */
function gradientOf(operatorCase: OperatorCase): ReturnType<typeof worstGradient> {
  try {
    return worstGradient(operatorCase, 'first', differences);
  } catch (error) {
    return { by: Infinity, argument: error instanceof Error ? error.message : String(error) };
  }
}

async function trajectoriesOn(
  wanted: BackendRequest,
  say: (version: string) => void,
): Promise<(readonly [TinyGan, Trajectory])[]> {
  const selected = await selectBackend(wanted);
  if (!selected.ok) {
    console.error(`${selected.problem.message}\n${selected.problem.hint}`);
    process.exit(1);
  }
  say(selected.value.version);
  return (['tfjs', 'engine'] as const).map((gan) => [gan, recordTrajectory(gan)] as const);
}
