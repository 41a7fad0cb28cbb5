// Compiles engine/kernels/assembly to WASM and writes it, as text, beside the code that loads it. The result is
// committed with the sources' sum, so that tests, bundles and a webview need no compiler and a test sees a stale one.
// Strict SIMD only: the same bits on every machine. `node scripts/buildKernels.mjs` after a change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'engine', 'kernels', 'assembly');
const target = join(root, 'engine', 'kernels', 'kernelsWasm.generated.ts');

/** The module's bytes. */
export async function compileKernels() {
  const { main } = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await main(
    [
      'index.ts',
      '--outFile',
      'kernels.wasm',
      '-O3',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--noAssert',
      '--initialMemory',
      '1',
    ],
    {
      readFile: (name, base) => {
        const file = join(folder, base === undefined || base === '.' ? name : join(base, name));
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || binary === null) throw new Error(`the kernels do not compile:\n${stderr.toString()}`);
  return binary;
}

/** SHA-256 over the sources in the order of their names. */
export function sumOfSources() {
  const sum = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.ts')) sum.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
  return sum.digest('hex');
}

/** Writes the text module, where the sources have changed, and dist/kernels.wasm. */
export async function buildKernels() {
  const written = existsSync(target) ? readFileSync(target, 'utf8') : '';
  const known = /kernelsWasmBase64 =\s+'([^']+)'/.exec(written)?.[1];
  if (known !== undefined && written.includes(`'${sumOfSources()}'`)) {
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'dist', 'kernels.wasm'), Buffer.from(known, 'base64'));
    return;
  }
  const wasm = await compileKernels();
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', 'kernels.wasm'), wasm);
  const text = [
    '/** Written by scripts/buildKernels.mjs from assembly/; do not edit. */',
    'export const kernelsWasmBase64 =',
    `  '${Buffer.from(wasm).toString('base64')}';`,
    '/** SHA-256 of the sources it was compiled from. */',
    `export const kernelsSourceSum = '${sumOfSources()}';`,
    '',
  ].join('\n');
  writeFileSync(target, text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildKernels();
