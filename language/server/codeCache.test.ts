import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { runScript } from './codeCache.ts';

const canKeep = typeof zlib.crc32 === 'function';

describe('the kept code of the server', () => {
  let base: string;
  let script: string;
  let folder: string;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'slimwise-code-'));
    script = join(base, 'script.cjs');
    folder = join(base, 'cache', 'server');
    writeSource(1);
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const writeSource = (value: number): void =>
    writeFileSync(script, `const { join } = require('path'); globalThis.ran = [join('a', 'b'), __dirname, ${value}];`);
  const ran = (): unknown => (globalThis as { ran?: unknown }).ran;
  const files = (): readonly string[] => readdirSync(folder);
  const keptFile = (): string => join(folder, files()[0] ?? 'none');

  it('is used by the next start, which runs the same', () => {
    const first = runScript(script, folder);
    assert.equal(first.wasKept, false);
    assert.deepEqual(ran(), [join('a', 'b'), base, 1]);
    first.keep();
    const second = runScript(script, folder);
    assert.equal(second.wasKept, canKeep);
    assert.deepEqual(ran(), [join('a', 'b'), base, 1]);
    assert.deepEqual(readdirSync(base).sort(), canKeep ? ['cache', 'script.cjs'] : ['script.cjs']);
  });

  it('is of one source alone', () => {
    runScript(script, folder).keep();
    writeSource(2);
    assert.equal(runScript(script, folder).wasKept, false);
    assert.deepEqual(ran(), [join('a', 'b'), base, 2]);
  });

  it('is not run where a single bit of it is damaged, or its end is missing', function () {
    if (!canKeep) return;
    runScript(script, folder).keep();
    const whole = readFileSync(keptFile());
    for (const at of [0, 5, 8, whole.length >> 1, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      writeFileSync(keptFile(), damaged);
      assert.equal(runScript(script, folder).wasKept, false, `byte ${at}`);
    }
    for (const length of [0, 7, 8, whole.length - 1]) {
      writeFileSync(keptFile(), whole.subarray(0, length));
      assert.equal(runScript(script, folder).wasKept, false, `${length} bytes`);
    }
    writeFileSync(keptFile(), whole);
    assert.equal(runScript(script, folder).wasKept, true);
  });

  it('is not run where others may write to it', function () {
    if (!canKeep || process.platform === 'win32') return;
    runScript(script, folder).keep();
    chmodSync(keptFile(), 0o666);
    assert.equal(runScript(script, folder).wasKept, false);
  });

  it('may be missing: the script runs where nothing can be written', () => {
    mkdirSync(join(base, 'cache'));
    writeFileSync(folder, 'a file where the folder would be');
    for (const where of [folder, null]) {
      const loaded = runScript(script, where);
      loaded.keep();
      assert.equal(loaded.wasKept, false);
      assert.deepEqual(ran(), [join('a', 'b'), base, 1]);
    }
    assert.equal(readFileSync(folder, 'utf8'), 'a file where the folder would be');
  });

  it('grows no further than a few files', function () {
    if (!canKeep) return;
    for (let value = 0; value < 7; value++) {
      writeSource(value);
      runScript(script, folder).keep();
    }
    assert.equal(files().length, 4);
    assert.equal(runScript(script, folder).wasKept, true);
  });
});
