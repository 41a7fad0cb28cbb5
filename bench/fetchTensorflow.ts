/**
 * `npm run fetch:tensorflow`: puts the real `@tensorflow/tfjs-node` with a libtensorflow that needs no
 * download from Google's storage into `.cache/tensorflow`, for benchmarks and for the backend's test. The
 * library is libtensorflow 1.15, the one that npm's tfjs-node-lambda-releases carries; the official package
 * would fetch 2.9.1. Figures made with it must say so. Linux x64 only.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

export const tensorflowFolder = fileURLToPath(new URL('../.cache/tensorflow/', import.meta.url));
const packageFolder = join(tensorflowFolder, 'node_modules', '@tensorflow', 'tfjs-node');
const addon = join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
const carrier = 'tfjs-node-lambda-releases@1.6.1';

export function tensorflowIsThere(): boolean {
  return existsSync(addon);
}

export function fetchTensorflow(): void {
  mkdirSync(tensorflowFolder, { recursive: true });
  writeFileSync(join(tensorflowFolder, 'package.json'), '{ "private": true }\n');
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '@tensorflow/tfjs-node@4.22.0'], tensorflowFolder);

  const scratch = mkdtempSync(join(tmpdir(), 'slimwise-tensorflow-'));
  const archive = npm(['pack', carrier, '--silent'], scratch).trim().split('\n').at(-1) ?? '';
  execFileSync('tar', ['xzf', archive, 'package/nodejs12.x-tf2.7.0.br'], { cwd: scratch });
  const tar = join(scratch, 'layer.tar');
  writeFileSync(tar, brotliDecompressSync(readFileSync(join(scratch, 'package', 'nodejs12.x-tf2.7.0.br'))));
  execFileSync('tar', ['xf', tar, 'node_modules/@tensorflow/tfjs-node'], { cwd: scratch });

  const carried = join(scratch, 'node_modules', '@tensorflow', 'tfjs-node');
  cpSync(join(carried, 'deps', 'lib'), join(packageFolder, 'deps', 'lib'), { recursive: true, verbatimSymlinks: true });
  const carriedAddon = join(carried, 'lib', 'napi-v6', 'tfjs_binding.node');
  mkdirSync(dirname(addon), { recursive: true });
  cpSync(carriedAddon, addon, { dereference: true });
  rmSync(scratch, { recursive: true, force: true });
}

/** The network may fail once: three times before it counts. */
function npm(args: readonly string[], cwd: string): string {
  for (let tries = 1; ; tries++) {
    try {
      return execFileSync('npm', args, { cwd, encoding: 'utf8' });
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  fetchTensorflow();
  console.log(`@tensorflow/tfjs-node 4.22.0 on libtensorflow 1.15 is in ${tensorflowFolder}`);
}
