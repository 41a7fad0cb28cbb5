import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createKernelMemory } from './kernelMemory.ts';
import { kernelsSourceSum, kernelsWasmBase64 } from './kernelsWasm.generated.ts';

describe('the compiled kernels', () => {
  it('were compiled from the sources as they are', async () => {
    const script = pathToFileURL(path.resolve(import.meta.dirname, '../../scripts/buildKernels.mjs')).href;
    const { sumOfSources } = (await import(script)) as { sumOfSources(): string };
    assert.equal(kernelsSourceSum, sumOfSources(), 'run `node scripts/buildKernels.mjs` and commit the result');
  });

  it('are small and import nothing', async () => {
    assert.ok(Buffer.from(kernelsWasmBase64, 'base64').length < 16_384);
    await createKernelMemory();
  });
});
