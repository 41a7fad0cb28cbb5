/**
 * A child process for the lock test: at the moment in its arguments it tries to open the run, says whether
 * it got it, and stays alive until its input ends.
 */
import { writeSync } from 'node:fs';
import { openRun, realPorts } from './runStore.ts';

const [folder = '', startAt = '0'] = process.argv.slice(2);
while (Date.now() < Number(startAt)) {
  // Busy, so that all racers start within the same fraction of a millisecond.
}
const opened = openRun(
  realPorts(() => undefined),
  folder,
);
writeSync(1, opened.ok ? 'won\n' : `${opened.problem.code}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
