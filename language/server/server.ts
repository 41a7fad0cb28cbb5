/**
 * The language server's process: opens the connection that its arguments name (`--node-ipc`, `--stdio`,
 * `--socket=…`; standard streams by default) and serves on it. The only file of the room that touches the
 * process; everything it serves comes from the pure rooms below.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { diskHost } from './diskHost.ts';
import { serve } from './serve.ts';

const named = process.argv.some((argument) => /^--(node-ipc|stdio|socket|pipe)\b/.test(argument));
const connection = named
  ? createConnection(ProposedFeatures.all)
  : createConnection(ProposedFeatures.all, process.stdin, process.stdout);

serve(connection, {
  diskHost: (folder) => diskHost(folder, { now: () => performance.now(), freshMs: 1000 }),
  now: () => performance.now(),
  docs: docsBesideServer(),
  version: '0.1.0',
});

/** `docs/findings.md` of this installation: beside `dist/`, or at the top of a checkout. */
function docsBesideServer(): string | null {
  for (const relative of ['../docs/findings.md', '../../docs/findings.md']) {
    const url = new URL(relative, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url.href;
  }
  return null;
}
