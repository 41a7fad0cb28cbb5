/** Model files on a real disk: pieces by place, plain files of the same folder, nothing through links or pipes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { success } from '../../core/result.ts';
import { withModelFile } from './diskModelFile.ts';

describe('a model file on disk', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'slimwise-files-'));
    writeFileSync(path('model.json'), 'abcdefgh');
    writeFileSync(path('weights.bin'), '0123');
    mkdirSync(path('folder'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is read by place, and no further than it goes', () => {
    const read = withModelFile(path('model.json'), (file) =>
      success([
        file.size,
        ...[file.read(2, 3), file.read(6, 100), file.read(50, 4)].map((bytes) => Buffer.from(bytes).toString()),
      ]),
    );
    assert.deepEqual(read, success([8, 'cde', 'gh', '']));
  });

  it('opens files beside it, once', () => {
    const read = withModelFile(path('model.json'), (file) => {
      assert.equal(file.beside('weights.bin'), file.beside('weights.bin'));
      return success([
        file.beside('weights.bin')?.size,
        file.beside('absent.bin'),
        file.beside('folder'),
        file.beside('../x'),
      ]);
    });
    assert.deepEqual(read, success([4, null, null, null]));
  });

  it('follows no link, and waits for no pipe', function () {
    if (process.platform === 'win32') return this.skip();
    symlinkSync('/etc/passwd', path('link.bin'));
    writeFileSync(path('elsewhere.bin'), 'x');
    linkSync(path('elsewhere.bin'), path('twin.bin'));
    execFileSync('mkfifo', [path('pipe.onnx')]);
    assert.deepEqual(
      withModelFile(path('model.json'), (file) => success([file.beside('link.bin'), file.beside('twin.bin')])),
      success([null, null]),
    );
    const pipe = withModelFile(path('pipe.onnx'), () => success(null));
    assert.ok(!pipe.ok && pipe.problem.code === 'SWP_MODEL_FILE_UNREACHABLE');
  });

  it('that is not there is a problem', () => {
    const read = withModelFile(path('none.onnx'), () => success(null));
    assert.ok(!read.ok && read.problem.code === 'SWP_MODEL_FILE_UNREACHABLE');
  });
});
