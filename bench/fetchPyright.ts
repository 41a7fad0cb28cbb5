/**
 * Puts Pyright or basedpyright into `.cache`, as a peer for measurements: language servers for Python that many
 * editors run. They are fetched when a measurement first wants them and are no dependencies of the product. Where
 * npm cannot be reached there is no peer, and the measurement says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const pyrightVersion = '1.1.414';
export const basedpyrightVersion = '1.40.1';

/** The server's script; null where it can neither be found nor fetched. */
export function pyrightServer(): string | null {
  return fetched('pyright', pyrightVersion);
}

/** Pyright with inlay hints of the kinds that Pylance has. */
export function basedpyrightServer(): string | null {
  return fetched('basedpyright', basedpyrightVersion);
}

function fetched(name: string, version: string): string | null {
  const folder = fileURLToPath(new URL(`../.cache/${name}/`, import.meta.url));
  const server = join(folder, 'node_modules', name, 'langserver.index.js');
  if (existsSync(server)) return server;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--ignore-scripts', '--no-optional', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', ['install', ...options, `${name}@${version}`], { cwd: folder, stdio: 'ignore' });
  } catch {
    return null;
  }
  return existsSync(server) ? server : null;
}
