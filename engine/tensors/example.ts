import * as tf from '@tensorflow/tfjs-core';
import { currentOrtBackend } from './registerBackend.ts';
import { selectBackend } from './selectBackend.ts';
import { endStep } from './step.ts';

const selected = await selectBackend({ backend: 'auto', threads: null });
if (!selected.ok) throw new Error(`${selected.problem.message} ${selected.problem.hint}`);
console.log(`${selected.value.name}: ${selected.value.why}`);

const x = tf.randomNormal([64, 2], 0, 1, 'float32', 1);
const y = tf.matMul(x, tf.tensor2d([[2], [-3]]));
const weights = tf.variable(tf.zeros([2, 1]));
const optimizer = tf.train.adam(0.1);
endStep(); // what was set up is not part of the first step
for (let step = 0; step < 200; step++) {
  const loss = optimizer.minimize(() => tf.losses.meanSquaredError(y, tf.matMul(x, weights)), true, [weights]);
  endStep(); // everything that this step recorded runs here, in one native call
  if (loss !== null && step % 50 === 49) console.log(`step ${step + 1}: loss ${loss.dataSync()[0]?.toExponential(1)}`);
  loss?.dispose(); // reading above was free, and never changes what is compiled
}
console.log([...weights.dataSync()].map((weight) => weight.toFixed(2)).join(' '));
console.log(`${currentOrtBackend()?.report().nCompiles ?? 0} compiles`);
