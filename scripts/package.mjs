// Builds slimwise-<platform>.vsix: the bundles, the ONNX Runtime of this platform, media, the sample.
// `node scripts/package.mjs [--out file.vsix] [--target linux-x64]`. Nothing is taken from node_modules
// at run time: the staged folder holds all that ships, and its package.json names no dependency.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const option = (name, fallback) => (args.includes(name) ? args[args.indexOf(name) + 1] : fallback);
const target = option('--target', `${process.platform}-${process.arch}`);
const out = option('--out', join(root, 'out', `slimwise-${target}.vsix`));
const stage = join(root, 'out', 'vsix');

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--production'], { stdio: 'inherit' });

for (const path of ['dist', 'media', 'samples', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'bin']) {
  if (existsSync(join(root, path))) cpSync(join(root, path), join(stage, path), { recursive: true, filter: ships });
}
copyRuntime();
writeFileSync(join(stage, 'package.json'), `${JSON.stringify(shippedManifest(), null, 2)}\n`);
writeFileSync(join(stage, 'THIRD_PARTY_NOTICES.md'), notices());
// Only what ships was staged, so nothing more is to be left out.
writeFileSync(join(stage, '.vscodeignore'), '');
rmSync(join(stage, 'dist', 'meta'), { recursive: true, force: true });

const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
mkdirSync(dirname(out), { recursive: true });
execFileSync(
  process.execPath,
  [
    vsce,
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
    '--target',
    target,
    '-o',
    out,
  ],
  { cwd: stage, stdio: ['ignore', 'pipe', 'inherit'] },
);
console.log(`${out}  ${(statSync(out).size / 2 ** 20).toFixed(1)} MiB`);

/** Local runs, caches and source maps stay at home. */
function ships(path) {
  return !/(^|[\\/])(\.slimwise|__pycache__|results)([\\/]|$)|\.map$|\.tsbuildinfo$/.test(path.slice(root.length));
}

/** The ONNX Runtime of the target, as its package lays it out. */
function copyRuntime() {
  const [platform, arch] = target.split('-');
  const from = join(root, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', platform, arch);
  if (!existsSync(from)) {
    console.warn(`ONNX Runtime has no build for ${target}: the engine will fall back to WASM there and say so.`);
    return;
  }
  const to = join(stage, 'dist', 'native');
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) cpSync(join(from, file), join(to, file));
}

function shippedManifest() {
  const atHome = new Set([
    'dependencies',
    'optionalDependencies',
    'devDependencies',
    'scripts',
    'private',
    'type',
    'overrides',
  ]);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !atHome.has(key)));
}

/** Licence texts of every package whose code is in a bundle, or whose binaries ship beside it. */
function notices() {
  const names = new Set(['onnxruntime-node', '@tensorflow/tfjs-backend-wasm', '@jsquash/jpeg']);
  for (const file of readdirSync(join(root, 'dist', 'meta')).filter((name) => name.endsWith('.json'))) {
    const { inputs } = JSON.parse(readFileSync(join(root, 'dist', 'meta', file), 'utf8'));
    for (const path of Object.keys(inputs ?? {})) {
      const match = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (match) names.add(match[1]);
    }
  }
  const sections = [...names].sort().flatMap((name) => {
    const folder = join(root, 'node_modules', name);
    if (!existsSync(folder)) return [];
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    return [`## ${name} ${version} (${license})\n\n${text}\n`];
  });
  return `# Third-party notices\n\n${sections.join('\n')}`;
}
