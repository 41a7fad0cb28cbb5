// `npm test`: installs what is missing, then everything: types, lint, unit and engine tests, browser
// components, and the extension in a real VS Code. `--only unit|browser|e2e` runs a part.
// With CI=true nothing may be missing; elsewhere a part without Chromium is skipped, loudly.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installDependencies, root, run, runNode } from './install.mjs';

const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : null;
const ci = process.env.CI === 'true';
const tally = { passed: 0, failed: 0 };

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
  const { passed, failed } = JSON.parse(readFileSync(results, 'utf8'));
  tally.passed += passed;
  tally.failed += failed;
  if (passed + failed === 0) fail(`No ${name} test ran.`);
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
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return names.find((path) => existsSync(path)) ?? null;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
