import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOfFile } from './exploredModel.ts';
import { explorerHtml } from './explorerHtml.ts';
import { pictureBytes } from './pictureBytes.ts';

describe("the explorer's page", () => {
  const parts = { cspSource: 'https://x', engineUri: 'https://x/e.js', scriptUri: 'https://x/p.js', nonce: 'n+/=' };

  it('may compile WASM and read model files, and nothing from elsewhere', () => {
    const page = explorerHtml({ ...parts, key: 'run-1' });
    const policy = /content="(default-src[^"]*)"/.exec(page)?.[1] ?? '';
    assert.match(policy, /script-src &#39;nonce-n\+\/=&#39; &#39;wasm-unsafe-eval&#39;;/);
    assert.match(policy, /default-src &#39;none&#39;/);
    assert.match(policy, /connect-src https:\/\/x;/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval&#39; |data:|\*/);
  });

  it('cannot be broken out of by a key', () => {
    const page = explorerHtml({ ...parts, key: '"><script>alert(1)</script>' });
    assert.equal(page.match(/<script/g)?.length, 2);
    assert.doesNotMatch(explorerHtml({ ...parts, key: null }), /data-model/);
  });
});

describe('what is explored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slimwise-explored-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is the packed file, and its full-precision twin where it lies beside', async () => {
    const missing = await modelOfFile(join(folder, 'model.safetensors'));
    assert.ok(!missing.ok && missing.problem.code === 'SWP_RUN_FILE_MISSING');
    writeFileSync(join(folder, 'model.safetensors'), 'four');
    const alone = await modelOfFile(join(folder, 'model.safetensors'));
    assert.ok(alone.ok && alone.value.original === null && alone.value.compressed.bytes === 4);
    writeFileSync(join(folder, 'model.fp32.safetensors'), 'twelve bytes');
    const both = await modelOfFile(join(folder, 'model.safetensors'));
    assert.ok(both.ok && both.value.original?.bytes === 12);
    const full = await modelOfFile(join(folder, 'model.fp32.safetensors'));
    assert.ok(full.ok && full.value.original === null, 'a full-precision file is not its own original');
    const dir = await modelOfFile(folder);
    assert.equal(dir.ok, false);
  });
});

describe('a picture from a page', () => {
  const base64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64');

  it('is taken for what its signature says, and for nothing else', () => {
    const gif = [...Buffer.from('GIF89a'), 1, 2, 3];
    const read = pictureBytes('gif', base64(gif));
    assert.ok(read.ok);
    assert.deepEqual([...read.value.bytes], gif);
    const others: readonly (readonly [unknown, unknown])[] = [
      ['png', base64(gif)],
      ['exe', base64(gif)],
      ['gif', 'not base64 of a picture'],
      ['gif', 5],
      ['gif', 'A'.repeat(100_000_000)],
    ];
    for (const [kind, text] of others) {
      const refused = pictureBytes(kind, text);
      assert.ok(!refused.ok && refused.problem.code === 'SWP_PICTURE_UNSOUND', String(kind));
    }
  });
});
