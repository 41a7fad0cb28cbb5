/**
 * Every problem code of the product stands in docs/problems.md, and nothing else stands there: a user who
 * looks up what the program printed finds it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('docs/problems.md', () => {
  const documented = codesIn(readFileSync(join(root, 'docs', 'problems.md'), 'utf8'), /`(SWP_[A-Z_]+)`/g);
  const used = new Set(
    ['core', 'language', 'engine', 'extension', 'webview'].flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('node_modules'))
        .flatMap((path) => [...codesIn(readFileSync(join(root, room, path), 'utf8'), /['"](SWP_[A-Z_]+)['"]/g)]),
    ),
  );

  it('has every code that the source uses', () => {
    assert.ok(used.size > 50);
    assert.deepEqual([...used].filter((code) => !documented.has(code)), []); // prettier-ignore
  });

  it('has no code that the source does not use', () => {
    assert.deepEqual([...documented].filter((code) => !used.has(code)), []); // prettier-ignore
  });
});

function codesIn(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}
