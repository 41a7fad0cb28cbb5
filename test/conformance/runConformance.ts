/**
 * `npm run test:conformance`: bundles TF.js's own test suite, runs it against the lazy backend and prints how
 * many specs pass, which were excluded and why, and which kernels ran on the host. A failing spec that is not
 * listed in `exclusions.json` fails the run, and so does a listed one that no longer exists.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface Exclusion {
  readonly spec: string;
  readonly reason: string;
}

interface SuiteOutput {
  readonly results: readonly { readonly name: string; readonly status: string; readonly messages: readonly string[] }[];
  readonly hostFallbacks: Readonly<Record<string, number>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, '.cache', 'conformance');
const bundle = join(cache, 'suite.mjs');
const resultFile = join(cache, 'results.json');
const excludedFile = join(cache, 'excluded.json');

mkdirSync(cache, { recursive: true });
await build({
  entryPoints: [join(root, 'test', 'conformance', 'suite.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  // tfjs-core marks its test registrations as free of effects.
  ignoreAnnotations: true,
  external: ['node-fetch', 'jasmine'],
  banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
  logLevel: 'error',
});

const exclusions = JSON.parse(
  readFileSync(join(root, 'test', 'conformance', 'exclusions.json'), 'utf8'),
) as readonly Exclusion[];
writeFileSync(excludedFile, JSON.stringify(exclusions.map((exclusion) => exclusion.spec)));

const run = spawnSync(process.execPath, ['--stack-size=4000', bundle, excludedFile, resultFile], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
if (run.status !== 0) {
  console.error(run.stderr.slice(-4000));
  process.exit(1);
}
report(JSON.parse(readFileSync(resultFile, 'utf8')) as SuiteOutput);

function report(output: SuiteOutput): void {
  const { results, hostFallbacks } = output;
  const failed = results.filter((result) => result.status === 'failed');
  const passed = results.filter((result) => result.status === 'passed').length;
  const pending = results.filter((result) => result.status === 'pending').length;
  const names = new Set(results.map((result) => result.name));
  const stale = exclusions.filter((exclusion) => !names.has(exclusion.spec));
  for (const { name, messages } of failed) console.log(`FAILED ${name}\n    ${messages.join('\n    ')}`);
  for (const { spec, reason } of exclusions) console.log(`excluded: ${spec}\n    ${reason}`);
  for (const { spec } of stale) console.log(`excluded but no such spec: ${spec}`);
  console.log('\nkernel calls that ran on the host:');
  for (const [kernel, count] of Object.entries(hostFallbacks).sort((a, b) => b[1] - a[1])) {
    console.log(`  ${kernel.padEnd(36)} ${count}`);
  }
  const summary = {
    specs: results.length,
    passed,
    failed: failed.length,
    excluded: exclusions.length,
    pending,
    hostFallbacks,
  };
  console.log(
    `\n${summary.specs} specs: ${passed} passed, ${failed.length} failed, ${exclusions.length} excluded, ${pending} pending`,
  );
  const results_ = join(root, 'bench', 'results');
  mkdirSync(results_, { recursive: true });
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
  writeFileSync(
    join(results_, 'conformance.json'),
    JSON.stringify({ date: new Date().toISOString(), machine, ...summary }, null, 2) + '\n',
  );
  if (failed.length > 0 || stale.length > 0) process.exit(1);
}
