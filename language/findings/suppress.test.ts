import assert from 'node:assert/strict';
import { parseSuppressions, withoutSuppressed } from './suppress.ts';

describe('suppression comments', () => {
  it('speaks for its own line and the next one, for the codes it names', () => {
    const text = ['x', '  # slimwise: ignore[SW101, SW201]', 'y', 'z  # slimwise: ignore', 'w'].join('\n');
    const suppressions = parseSuppressions(text);
    assert.equal(suppressions.has('SW101', 3), true);
    assert.equal(suppressions.has('SW201', 3), true);
    assert.equal(suppressions.has('SW102', 3), false);
    assert.equal(suppressions.has('SW101', 1), false);
    assert.equal(suppressions.has('SW405', 4), true);
    assert.equal(suppressions.has('SW405', 5), false);
  });

  it('covers a whole file', () => {
    const suppressions = parseSuppressions('// slimwise: ignore-file[SW102]\nconst a = 1;');
    assert.equal(suppressions.has('SW102', 900), true);
    assert.equal(suppressions.has('SW101', 900), false);
  });

  it('reads each file of the findings once, and lets the rest through', () => {
    const reads: string[] = [];
    const findings = [
      { code: 'SW101', file: 'a.py', line: 1 },
      { code: 'SW101', file: 'a.py', line: 5 },
      { code: 'SW101', file: 'gone.py', line: 1 },
    ];
    const left = withoutSuppressed(findings, (file) => {
      reads.push(file);
      return file === 'a.py' ? 'x # slimwise: ignore[SW101]\r\n\r\ny' : null;
    });
    assert.deepEqual(left, findings.slice(1));
    assert.deepEqual(reads, ['a.py', 'gone.py']);
  });
});
