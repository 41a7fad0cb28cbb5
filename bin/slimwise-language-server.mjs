#!/usr/bin/env node
// The `slimwise-language-server` command, for any editor with the language server protocol: runs the built
// server on the streams that its arguments name (`--stdio` by default), and says how to build it where it is missing.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../dist/server.cjs', import.meta.url));
if (existsSync(built)) createRequire(import.meta.url)(built);
else {
  console.error(
    "slimwise: the language server is not built yet (dist/server.cjs is missing).\n  → Run 'npm run build' in the Slimwise folder.",
  );
  process.exitCode = 2;
}
