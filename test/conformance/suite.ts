/**
 * The entry of the conformance bundle: TF.js's own test suite on the chosen backend, with every result sent
 * to the parent process as one line of JSON. Exclusions are by full name and come from the parent, so the
 * reasons live in one file that this suite does not know.
 */
import { backendName, jasmine } from './environment.ts';
import '@tensorflow/tfjs-core/dist/tests.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostFallbackTotals } from '../../engine/tensors/hostKernel.ts';

interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string; readonly stack?: string }[];
}

const [, , excludedFile = '', resultFile = ''] = process.argv;
const excluded = new Set(JSON.parse(readFileSync(excludedFile, 'utf8')) as string[]);
const filter = process.env['SLIMWISE_CONFORMANCE_FILTER'] ?? '';
const results: { name: string; status: string; messages: string[] }[] = [];

const env = jasmine.getEnv();
env.configure({
  random: false,
  specFilter: (spec: { getFullName(): string }) => {
    const name = spec.getFullName();
    return !excluded.has(withoutBackend(name)) && name.includes(filter);
  },
});
env.addReporter({
  specDone(result: SpecResult) {
    const messages = result.failedExpectations.map((failed) => failed.message.slice(0, 2000));
    results.push({ name: withoutBackend(result.fullName), status: result.status, messages });
  },
});

await env.execute();
writeFileSync(resultFile, JSON.stringify({ results, hostFallbacks: Object.fromEntries(hostFallbackTotals) }));
process.exit(0);

/** The suite puts the test environment into the names; exclusions must not depend on it. */
function withoutBackend(name: string): string {
  return name.replaceAll(` ${backendName} {}`, '');
}
