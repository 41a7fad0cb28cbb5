/**
 * A child process for the kill test: opens the run in its argument on the real disk and writes events and
 * checkpoints until it is killed. After each commit it says which step is safe, one number per line.
 */
import { writeSync } from 'node:fs';
import { float32Tensor } from '../formats/safetensors.ts';
import { openRun, realPorts } from './runStore.ts';

const opened = openRun(
  realPorts(() => undefined),
  process.argv[2] ?? '',
);
if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
const run = opened.value;
const latest = run.readLatestCheckpoint();
let step = latest.ok ? (latest.value.checkpoint?.step ?? 0) : 0;
for (;;) {
  step++;
  const tensors = new Map([['w', float32Tensor([65_536], new Float32Array(65_536).fill(step))]]);
  const noted = run.appendEvent({ type: 'note', text: `step ${step}` });
  const written = run.writeCheckpoint({ step, tensors, state: { step } });
  if (!noted.ok || !written.ok) throw new Error('the disk refused');
  writeSync(1, `${step}\n`);
}
