/** Finding the addon: the package's copy by default, the one in a folder of its own on request. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadBinding } from './loadBinding.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('loadBinding', () => {
  it('loads the package’s copy once per process', () => {
    const [first, second] = [loadBinding(), loadBinding()];
    assert.ok(first.ok && second.ok);
    assert.equal(first.value, second.value);
    assert.ok(first.value.listSupportedBackends().some((backend) => backend.name === 'cpu'));
  });

  it('prefers the folder that the environment names, with the runtime’s library beside the addon', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slimwise-native-'));
    try {
      const packageFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
      cpSync(join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch), folder, { recursive: true });
      assert.ok(libraryLoadedWith(folder).startsWith(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The ONNX Runtime addon that a fresh process has mapped after loading it. */
function libraryLoadedWith(folder: string): string {
  const script = `import { loadBinding } from './engine/tensors/loadBinding.ts';
    if (!loadBinding().ok) throw new Error('not loaded');
    console.log(process.report.getReport().sharedObjects.find((path) => path.includes('onnxruntime_binding')));`;
  return execFileSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, SLIMWISE_NATIVE_DIR: folder },
  }).trim();
}
