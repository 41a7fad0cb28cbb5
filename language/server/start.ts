/**
 * What is started as the language server (`dist/server.cjs`): sets V8's flags, then runs the server itself
 * (`dist/serverCode.cjs`, from server.ts) with the code kept from earlier starts. `--code-cache=FOLDER` names where
 * that is kept, without FOLDER nothing is; by default it is the user's cache folder.
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runScript } from './codeCache.ts';

// An analysis drops most of what it makes at once: collecting earlier keeps tens of megabytes free.
setFlagsFromString('--heap-growing-percent=50');
// V8 before Maglev optimizes a function as soon as it has run for a millisecond: at the start that takes as long as
// all else, and edits cost a quarter more. Later versions have another flag and need none.
if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=1000000');

const keptAfterMs = 10_000;

const { wasKept, keep } = runScript(join(__dirname, 'serverCode.cjs'), cacheFolder());
if (!wasKept) {
  // By then the first document is answered; a process that ends before has run what it needed too.
  let isKept = false;
  const once = (): void => {
    if (!isKept) keep();
    isKept = true;
  };
  setTimeout(once, keptAfterMs).unref();
  process.once('exit', once);
}

function cacheFolder(): string | null {
  const option = '--code-cache=';
  const given = process.argv.find((argument) => argument.startsWith(option))?.slice(option.length);
  if (given !== undefined) return given === '' ? null : given;
  const { env } = process;
  const caches =
    process.platform === 'win32'
      ? env['LOCALAPPDATA']
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : (env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  // A relative one would be a folder of the workspace; the XDG specification says to pass it over.
  return caches === undefined || !isAbsolute(caches) ? null : join(caches, 'slimwise', 'server');
}
