// `npm run test:kills [n]`: kills a writer of checkpoints with SIGKILL at n random moments (100), where `npm test` does
// 30, and has several processes race for a run whose holder was killed. Every run must open, and none may be lost.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const test = 'engine/runs/runStoreKill.test.ts';
const { status } = spawnSync(
  process.execPath,
  ['node_modules/mocha/bin/mocha.js', '--no-config', '--node-option', 'import=tsx', test],
  { cwd: root, stdio: 'inherit', env: { ...process.env, SLIMWISE_KILLS: process.argv[2] ?? '100' } },
);
process.exitCode = status ?? 1;
