/**
 * Puts Pyright into `.cache/pyright`, as the peer of `bench:language`: a language server for Python that many
 * editors run. It is fetched when the benchmark first wants it and is no dependency of the product. Where npm
 * cannot be reached there is no peer, and the benchmark says null.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const pyrightVersion = '1.1.414';

const folder = fileURLToPath(new URL('../.cache/pyright/', import.meta.url));
const server = join(folder, 'node_modules', 'pyright', 'langserver.index.js');

/** The server's script; null where it can neither be found nor fetched. */
export function pyrightServer(): string | null {
  if (existsSync(server)) return server;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--ignore-scripts', '--no-optional', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', ...options, `pyright@${pyrightVersion}`], { cwd: folder, stdio: 'ignore' });
  } catch {
    return null;
  }
  return existsSync(server) ? server : null;
}
