// `npm test`: installs what is missing, then everything: types, lint, unit and engine tests, browser
// components, the extension in a real VS Code, TF.js's own suite on the tensor backend, and the other backends.
// `--only unit|conformance|backends|browser|e2e` runs a part. With CI=true nothing may be missing; elsewhere
// what needs Chromium, or a tfjs-node that cannot be fetched, is skipped, loudly.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installDependencies, root, runNode, runOnline } from './install.mjs';

const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : null;
const ci = process.env.CI === 'true';
const tally = { passed: 0, failed: 0 };
/** Shown again at the very end, where someone who reads only the last lines of a log sees them. */
const failures = [];

installDependencies();
runNode(['scripts/build.mjs']);

if (only === null) {
  part('types', () => runNode(['scripts/typecheck.mjs']));
  part('lint', () => runNode([join('node_modules', 'eslint', 'bin', 'eslint.js'), '.']));
  part('format', () =>
    runNode([join('node_modules', 'prettier', 'bin', 'prettier.cjs'), '--check', '.', '--log-level', 'warn']),
  );
}
if (only === null || only === 'unit') mocha('unit', []);
if (only === null || only === 'conformance') conformance();
if (only === null || only === 'backends') backends();

const chromium = findChromium();
if (chromium === null) {
  if (ci) fail('Chromium is missing, and CI skips nothing.');
  console.warn(
    '\n*** SKIPPED: browser and VS Code tests, because no Chromium was found.\n' +
      "*** Get it with `apt-get install chromium` (or your system's package), or set SLIMWISE_CHROMIUM to its path.\n",
  );
} else {
  process.env.SLIMWISE_CHROMIUM = chromium;
  if (only === null || only === 'browser') mocha('browser', ['--config', 'test/browser/.mocharc.json']);
  if (only === null || only === 'e2e') mocha('e2e', ['--config', 'test/e2e/.mocharc.json']);
}
for (const { part, title, message } of failures) console.log(`\nFAILED (${part}): ${title}\n${message.slice(0, 2000)}`);
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed > 0 ? 1 : 0);

function part(name, work) {
  const start = Date.now();
  work();
  console.log(`${name}: ok (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

function mocha(name, extra) {
  console.log(`\n— ${name} tests`);
  const results = join(root, 'out', `mocha-${name}.json`);
  rmSync(results, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      join('node_modules', 'mocha', 'bin', 'mocha.js'),
      ...extra,
      '--reporter',
      join('scripts', 'mochaReporter.cjs'),
      '--reporter-option',
      `output=${results}`,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  if (!existsSync(results)) fail(`The ${name} tests did not end (exit ${status}).`);
  const { passed, failed, failures: named } = JSON.parse(readFileSync(results, 'utf8'));
  tally.passed += passed;
  tally.failed += failed;
  failures.push(...named.map((failure) => ({ part: name, ...failure })));
  if (passed + failed === 0) fail(`No ${name} test ran.`);
}

/** TF.js's own test suite, on the backend that the engine trains with. */
function conformance() {
  console.log("\n— TF.js's own suite on onnxruntime");
  const results = join(root, 'bench', 'results', 'conformance.json');
  rmSync(results, { force: true });
  const { status } = script(join('test', 'conformance', 'runConformance.ts'));
  if (!existsSync(results)) fail(`TF.js's suite did not end (exit ${status}).`);
  const { passed, failed } = JSON.parse(readFileSync(results, 'utf8'));
  tally.passed += passed;
  tally.failed += status === 0 ? failed : Math.max(failed, 1);
  if (passed === 0) fail("No spec of TF.js's suite ran.");
}

/** The real tfjs-node, which is fetched from npm's registry once. */
function backends() {
  console.log('\n— other backends');
  const couldNotFetch = 2;
  const { status } =
    process.platform === 'linux' && process.arch === 'x64'
      ? script(join('test', 'backends', 'checkBackend.ts'), 'tensorflow')
      : { status: couldNotFetch };
  if (status === couldNotFetch && !ci) {
    console.warn(
      '\n*** SKIPPED: the check of the tensorflow backend, because tfjs-node could not be fetched here.\n' +
        "*** It needs Linux on x64 and npm's registry; `npm run test:backend -- tensorflow` tries again.\n",
    );
  } else if (status === 0) tally.passed += 1;
  else tally.failed += 1;
}

function script(path, ...rest) {
  return spawnSync(process.execPath, ['--import=tsx', path, ...rest], { cwd: root, stdio: 'inherit' });
}

function findChromium() {
  const names = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const found = [process.env.SLIMWISE_CHROMIUM, ...names].find((path) => path && existsSync(path)) ?? null;
  if (found !== null || !ci || process.platform !== 'linux' || process.getuid() !== 0) return found;
  console.log('Installing Chromium for the browser tests…');
  runOnline('apt-get', ['update', '-qq']);
  runOnline('apt-get', ['install', '-y', '-qq', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return names.find((path) => existsSync(path)) ?? null;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
