import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskHost } from './diskHost.ts';

describe('diskHost', () => {
  let folder: string;
  let time = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'a.py'), 'one');
    time = 0;
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads files and lists folders, in posix paths', () => {
    const host = diskHost(folder);
    assert.equal(host.read('sub/a.py'), 'one');
    assert.deepEqual(host.list(''), ['sub/']);
    assert.deepEqual(host.list('sub'), ['a.py']);
    assert.deepEqual(host.list('nowhere'), []);
    assert.equal(host.read('sub'), null);
    assert.equal(host.read('nowhere.py'), null);
  });

  it('never leaves its folder', () => {
    const host = diskHost(join(folder, 'sub'));
    for (const path of ['../sub/a.py', '/etc/hostname', 'C:\\x', 'x/../../a.py', 'a.py\0']) {
      assert.equal(host.read(path), null, path);
      assert.deepEqual(host.list(path), [], path);
    }
  });

  it('sees a change after a moment, and asks the disk no more often', () => {
    const host = diskHost(folder, { now: () => time, freshMs: 100 });
    assert.equal(host.read('sub/a.py'), 'one');
    writeFileSync(join(folder, 'sub', 'a.py'), 'three');
    writeFileSync(join(folder, 'new.py'), '');
    assert.equal(host.read('sub/a.py'), 'one');
    time = 101;
    assert.equal(host.read('sub/a.py'), 'three');
    assert.deepEqual(host.list(''), ['new.py', 'sub/']);
  });

  it('takes a huge file for generated and leaves it', () => {
    writeFileSync(join(folder, 'big.py'), '');
    truncateSync(join(folder, 'big.py'), 5 * 1024 * 1024);
    assert.equal(diskHost(folder).read('big.py'), null);
  });
});
