/** Compiled graphs: found again by key, bounded, and absent when a compile fails half-way. */
import assert from 'node:assert/strict';
import { loadBinding, OrtTensor, type OrtFeed } from '../loadBinding.ts';
import type { OnnxGraph } from '../onnx/onnxModel.ts';
import { SessionCache } from './sessionCache.ts';

describe('the cache of compiled graphs', () => {
  it('compiles a key once and reports how often and for how long', () => {
    const cache = make(4);
    const session = cache.get('a', () => doubled('Add'));
    assert.equal(
      cache.get('a', () => assert.fail('compiled again')),
      session,
    );
    const { nCompiles, nSessions, compileMs, lastCompileMs } = cache.report();
    assert.deepEqual([nCompiles, nSessions], [1, 1]);
    assert.ok(0 < lastCompileMs && lastCompileMs <= compileMs);
    cache.dispose();
  });

  it('leaves nothing behind when a compile fails, and compiles the key when it comes again', () => {
    const cache = make(4);
    assert.throws(() => cache.get('a', () => doubled('NoSuchOperator')), /NoSuchOperator/);
    assert.throws(() =>
      cache.get('a', () => {
        throw new Error('interrupted while lowering');
      }),
    );
    assert.deepEqual(cache.report(), { nCompiles: 0, nSessions: 0, compileMs: 0, lastCompileMs: 0 });
    const feed = new OrtTensor('float32', Float32Array.of(1, 2), [2]) as unknown as OrtFeed;
    const results = cache.get('a', () => doubled('Add')).run({ x: feed }, { y: null }, {});
    assert.deepEqual([...(results['y']?.data ?? [])], [2, 4]);
    cache.dispose();
  });

  it('keeps those that were used last', () => {
    const cache = make(2);
    for (const key of ['a', 'b', 'a', 'c']) cache.get(key, () => doubled('Add'));
    assert.deepEqual([cache.report().nCompiles, cache.report().nSessions], [3, 2]);
    cache.get('a', () => assert.fail('a was used after b'));
    cache.get('b', () => doubled('Add'));
    assert.deepEqual([cache.report().nCompiles, cache.report().nSessions], [4, 2]);
    cache.dispose();
    assert.equal(cache.report().nSessions, 0);
  });
});

function make(capacity: number): SessionCache {
  const binding = loadBinding();
  assert.ok(binding.ok, binding.ok ? '' : binding.problem.message);
  return new SessionCache(binding.value, { threads: 1, provider: 'cpu', profilePrefix: null }, capacity);
}

/** y = x `type` x. */
function doubled(type: string): OnnxGraph {
  return {
    nodes: [{ type, domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [{ name: 'x', dtype: 'float32', dims: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: [2] }],
  };
}
