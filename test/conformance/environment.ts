/**
 * What TF.js's test suite finds when it is loaded: jasmine's globals, the gradients and the chained methods,
 * and one test environment, the backend named by SLIMWISE_CONFORMANCE_BACKEND. Loaded before the suite,
 * because the suite describes its tests while it is being imported.
 */
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';
import { registerOrtBackend } from '../../engine/tensors/registerBackend.ts';

export const jasmine = jasmineRequire.core(jasmineRequire);
Object.assign(globalThis, jasmineRequire.interface(jasmine, jasmine.getEnv()));
jasmine.DEFAULT_TIMEOUT_INTERVAL = 20_000;

export const backendName = process.env['SLIMWISE_CONFORMANCE_BACKEND'] ?? 'onnxruntime';

if (backendName === 'onnxruntime') {
  const registered = registerOrtBackend({ threads: 1, provider: 'cpu', profilePrefix: null });
  if (!registered.ok) throw new Error(registered.problem.message);
}
setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);
