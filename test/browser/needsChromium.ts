/**
 * Loaded before the browser tests: without a Chromium it says so, says how to get one, and ends the run.
 * That is a success on a developer's machine and a failure in CI, where the tests must not vanish.
 */
import { chromiumPath } from './chromium.ts';

if (chromiumPath() === null) {
  process.stderr.write(
    [
      '',
      'BROWSER TESTS NOT RUN: no Chromium, Chrome or Edge was found.',
      '  Debian, Ubuntu:  sudo apt-get install chromium',
      '  macOS:           brew install --cask chromium',
      '  elsewhere:       set CHROMIUM_PATH to the browser to use',
      '',
    ].join('\n'),
  );
  process.exit(process.env['CI'] ? 1 : 0);
}
