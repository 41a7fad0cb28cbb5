/** The example of this library's README: it is the file that is run here, and it trains. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('./example.ts', import.meta.url));

describe("the README's example", () => {
  it('is the file beside it', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
    assert.ok(readme.includes('```ts\n' + readFileSync(example, 'utf8') + '```'));
  });

  it('says which backend it took, and finds the weights', () => {
    const lines = execFileSync(process.execPath, ['--import=tsx', example], { encoding: 'utf8' }).trim().split('\n');
    assert.match(lines[0] ?? '', /^(onnxruntime|tensorflow|wasm|cpu): It is the first/);
    assert.ok(lines.includes('2.00 -3.00'), lines.join('\n'));
    // One for what is set up and one for the step, where the backend compiles at all.
    assert.match(lines.at(-1) ?? '', /^[02] compiles$/);
  }).timeout(60_000);
});
