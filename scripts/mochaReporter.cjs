// Mocha's spec output for people, and the counts and failures as JSON for scripts/test.mjs.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      failures.push({ title: test.titlePath().join(' › '), message: String(error?.stack ?? error) });
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { output } = options.reporterOptions;
      mkdirSync(dirname(output), { recursive: true });
      const { passes: passed, failures: failed } = runner.stats;
      writeFileSync(output, JSON.stringify({ passed, failed, failures }));
    });
  }
};
