#!/usr/bin/env node
// The `slimwise` command: runs the built command line, and says how to build it where it is missing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/slimwise.mjs', import.meta.url);
if (existsSync(fileURLToPath(built))) {
  // A pager or `head` that closes its end early is no error.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const { runProcess } = await import(built.href);
  await runProcess();
} else {
  console.error(
    "slimwise: the command line is not built yet (dist/slimwise.mjs is missing).\n  → Run 'npm run build' in the Slimwise folder.",
  );
  process.exitCode = 2;
}
