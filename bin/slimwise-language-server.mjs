#!/usr/bin/env node
// The `slimwise-language-server` command, for any editor with the language server protocol: runs the built
// server on the streams that its arguments name (`--stdio` by default), and says how to build it where it is missing.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// An analysis drops most of what it makes at once: collecting earlier keeps tens of megabytes free.
setFlagsFromString('--max-semi-space-size=16');
setFlagsFromString('--heap-growing-percent=50');

const built = new URL('../dist/server.mjs', import.meta.url);
if (existsSync(fileURLToPath(built))) await import(built.href);
else {
  console.error(
    "slimwise: the language server is not built yet (dist/server.mjs is missing).\n  → Run 'npm run build' in the Slimwise folder.",
  );
  process.exitCode = 2;
}
