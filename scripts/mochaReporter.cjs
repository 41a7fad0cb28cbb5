// Mocha's spec output for people, and the counts as JSON for scripts/test.mjs.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { output } = options.reporterOptions;
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, JSON.stringify({ passed: runner.stats.passes, failed: runner.stats.failures }));
    });
  }
};
