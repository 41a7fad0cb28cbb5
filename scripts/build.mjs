// Bundles everything that runs: `node scripts/build.mjs [--only name[,name]] [--production]`.
// One table of bundles; Node bundles are ES modules (the extension is CommonJS, as VS Code's loader likes it best).
// Native code and WASM stay outside the bundles: dist/native and dist/wasm hold them (see copyBinaries).
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildKernels } from './buildKernels.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1].split(',') : null;
const production = args.includes('--production');

// CommonJS packages inside an ES module bundle call `require` for Node's own modules.
const requireShim =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const node = {
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['main', 'module'],
  banner: { js: requireShim },
  // Loaded at run time from node_modules or dist/native, where there is one.
  external: ['vscode', '@tensorflow/tfjs-node', 'onnxruntime-node', '*.node'],
};

const bundles = {
  extension: {
    ...node,
    format: 'cjs',
    banner: {},
    entryPoints: ['extension/extension.ts'],
    outfile: 'dist/extension.cjs',
  },
  // CommonJS, because V8's code of a script can be kept and a module's cannot; `serverStart` runs it.
  server: {
    ...node,
    format: 'cjs',
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': '__url' },
    entryPoints: ['language/server/server.ts'],
    outfile: 'dist/serverCode.cjs',
  },
  serverStart: {
    ...node,
    format: 'cjs',
    banner: {},
    entryPoints: ['language/server/start.ts'],
    outfile: 'dist/server.cjs',
  },
  engine: { ...node, entryPoints: ['engine/session/engineMain.ts'], outfile: 'dist/engine.mjs' },
  cli: { ...node, entryPoints: ['engine/cli/cli.ts'], outfile: 'dist/slimwise.mjs' },
  // The thread that decodes large data sets, which both start from beside themselves.
  imageWorker: { ...node, entryPoints: ['engine/data/imageWorker.ts'], outfile: 'dist/imageWorker.mjs' },
  // `slimwise/runtime`: for Node, browsers and webviews alike, so nothing of Node may be in it.
  runtime: {
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: ['engine/kernels/runtime.ts'],
    outfile: 'dist/runtime.mjs',
  },
  // What its `loadGeneratorPool` starts, beside it.
  runtimeWorker: {
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: ['engine/kernels/runtimeWorker.ts'],
    outfile: 'dist/runtimeWorker.mjs',
  },
  webview: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/runPanel.ts'],
    outfile: 'dist/webview/runPanel.js',
    loader: { '.css': 'text' },
  },
  compare: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/comparePanel.ts'],
    outfile: 'dist/webview/comparePanel.js',
    loader: { '.css': 'text' },
  },
  dataSet: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/dataSetPanel.ts'],
    outfile: 'dist/webview/dataSetPanel.js',
    loader: { '.css': 'text' },
  },
  whatIf: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/whatIfPanel.ts'],
    outfile: 'dist/webview/whatIfPanel.js',
  },
  modelFile: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/modelFile.ts'],
    outfile: 'dist/webview/modelFile.js',
  },
  explorer: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['webview/explorerPanel.ts'],
    outfile: 'dist/webview/explorerPanel.js',
    loader: { '.css': 'text' },
  },
  // What the explorer's page takes from the engine: the packed runtime and encoders, no TF.js.
  explorerEngine: {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    globalName: 'slimwiseExplorerEngine',
    entryPoints: ['engine/explorer/explorerEngine.ts'],
    outfile: 'dist/webview/explorerEngine.js',
  },
};

/** Pages, which take no part in what is said about TF.js below. */
const pages = new Set([
  'webview',
  'whatIf',
  'modelFile',
  'compare',
  'dataSet',
  'explorer',
  'explorerEngine',
  'runtime',
]);

if (!only || only.includes('kernels') || only.includes('runtime')) await buildKernels();
if (!only || only.includes('runtime')) copyRuntimeTypes();

for (const [name, options] of Object.entries(bundles)) {
  if (only && !only.includes(name)) continue;
  const result = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    minify: production || name.startsWith('runtime'),
    // The server makes many small functions; naming each of them halves its speed.
    keepNames: !pages.has(name) && name !== 'server',
    sourcemap: production ? false : 'linked',
    metafile: true,
    legalComments: 'none',
    // TF.js registers gradients and backends by importing for effect, and its packages deny having any.
    ignoreAnnotations: name === 'runtime' || !pages.has(name),
    logLevel: 'warning',
  });
  mkdirSync(join(root, 'dist', 'meta'), { recursive: true });
  writeFileSync(join(root, 'dist', 'meta', `${name}.json`), JSON.stringify(result.metafile));
}

if (!only || only.includes('assets')) {
  copyBinaries();
  await writeSchema();
}

/** Types of `slimwise/runtime`. */
function copyRuntimeTypes() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  cpSync(join(root, 'engine', 'kernels', 'published', 'runtime.d.ts'), join(root, 'dist', 'runtime.d.ts'));
}

/** WASM files that bundled packages read at run time. */
function copyBinaries() {
  const wasm = join(root, 'dist', 'wasm');
  rmSync(wasm, { recursive: true, force: true });
  mkdirSync(wasm, { recursive: true });
  const files = [
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  ];
  for (const file of files) {
    const from = join(root, 'node_modules', file);
    if (existsSync(from)) cpSync(from, join(wasm, file.split('/').pop()));
  }
}

/** The JSON schemas of `slimwise.json`, from the one definition in core/plan: one that judges, one for our editor. */
async function writeSchema() {
  const entry = join(root, 'core', 'plan', 'editorSchema.ts');
  if (!existsSync(entry)) return;
  const outfile = join(root, 'dist', 'meta', 'planSchemas.mjs');
  await build({
    stdin: {
      contents:
        "export { planJsonSchema } from './jsonSchema.ts'; export { planEditorSchema } from './editorSchema.ts';",
      resolveDir: dirname(entry),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: requireShim },
    absWorkingDir: root,
    logLevel: 'warning',
  });
  const { planJsonSchema, planEditorSchema } = await import(pathToFileURL(outfile).href);
  for (const [name, schema] of [
    ['slimwise.schema.json', planJsonSchema()],
    ['slimwise.editor.schema.json', planEditorSchema()],
  ])
    writeFileSync(join(root, 'dist', name), `${JSON.stringify(schema, null, 2)}\n`);
}
