// Installs what is missing: dependencies when the lock file changed since the last install.
// Only Node's own modules here: this runs on a fresh clone, before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.slimwise-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing dependencies (once; about a minute)…');
  runOnline('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);
  writeFileSync(stamp, lock);
}

/** Runs a command with its output shown; ends this process where it fails. */
function run(command, args, options = {}) {
  const status = statusOf(command, args, options);
  if (status !== 0) process.exit(status ?? 1);
}

/** The same for what needs the network, which may fail once: three times before it counts. */
export function runOnline(command, args, options = {}) {
  for (let tries = 1; tries < 3; tries++) {
    if (statusOf(command, args, options) === 0) return;
    console.warn(`\`${command} ${args[0]}\` failed; it is tried again.`);
  }
  run(command, args, options);
}

function statusOf(command, args, options) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (error) throw error;
  return status;
}

/** Runs a script of this project with this Node. */
export function runNode(args, options = {}) {
  run(process.execPath, args, { shell: false, ...options });
}
