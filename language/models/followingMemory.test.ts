import assert from 'node:assert/strict';
import { memoryHost } from '../sourceHost.ts';
import { FollowingMemory } from './followingMemory.ts';

describe('FollowingMemory', () => {
  const files = { 'a.py': 'one', 'b.py': 'two' };
  const lengthOf = (memory: FollowingMemory, texts: Readonly<Record<string, string>>, worked: string[]): number =>
    memory.once(memoryHost(texts), 'length of a.py', (host) => {
      worked.push('');
      return (host.read('a.py') ?? '').length + host.list('').length;
    });

  it('does a work once while what it looked at is the same', () => {
    const memory = new FollowingMemory();
    const worked: string[] = [];
    assert.equal(lengthOf(memory, files, worked), 5);
    assert.equal(lengthOf(memory, { ...files, 'b.py': 'another text, which it never read' }, worked), 5);
    assert.equal(worked.length, 1);
  });

  it('does it again when a text or a folder that it looked at changed', () => {
    const memory = new FollowingMemory();
    const worked: string[] = [];
    lengthOf(memory, files, worked);
    assert.equal(lengthOf(memory, { ...files, 'a.py': 'longer' }, worked), 8);
    assert.equal(lengthOf(memory, { ...files, 'a.py': 'longer', 'c.py': '' }, worked), 9);
    assert.equal(worked.length, 3);
  });

  it('passes what a kept work looked at on to the work around it', () => {
    const memory = new FollowingMemory();
    const outer = (texts: Readonly<Record<string, string>>): number =>
      memory.once(memoryHost(texts), 'outer', (host) =>
        memory.once(host, 'inner', (inner) => inner.read('a.py')?.length ?? 0),
      );
    assert.equal(outer(files), 3);
    assert.equal(outer({ ...files, 'a.py': 'longer' }), 6);
    assert.equal(outer({ ...files, 'a.py': 'short' }), 5);
  });

  it('judges a text once', () => {
    const memory = new FollowingMemory();
    let nJudged = 0;
    const judge = (): number => ++nJudged;
    assert.equal(memory.mention('net.py a.py', 'one', judge), 1);
    assert.equal(memory.mention('net.py a.py', 'one', judge), 1);
    assert.equal(memory.mention('net.py a.py', 'two', judge), 2);
  });

  it('forgets what was used longest ago', () => {
    const memory = new FollowingMemory();
    const nothing = { texts: new Map(), folders: new Map() };
    for (let idx = 0; idx < 1000; idx++) memory.keep(`work ${idx}`, nothing, idx);
    assert.equal(memory.recall(memoryHost({}), 'work 0'), undefined);
    assert.equal(memory.recall(memoryHost({}), 'work 999'), 999);
  });
});
