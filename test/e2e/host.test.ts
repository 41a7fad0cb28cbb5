/**
 * The tests of test/host, run by mocha inside a real extension host against the packaged extension;
 * each of them is reported here as a test of its own.
 */
import assert from 'node:assert/strict';
import { runHostTests, type HostResults } from './support/hostTests.ts';

describe('inside the extension host', function () {
  this.timeout(1_400_000);
  let results: HostResults;

  before(async () => {
    results = await runHostTests();
  });

  it('runs every test to its end', () => {
    assert.ok(results.passed.length + results.failed.length >= 10, JSON.stringify(results, null, 2));
    for (const title of results.passed) console.log(`      ✔ ${title}`);
  });

  it('passes them all', () => {
    assert.deepEqual(results.failed, []);
  });
});
