/** Items that end when the test says so: what runs at the same time, what is never started, what is stopped. */
import assert from 'node:assert/strict';
import { trainAhead, type Ahead } from './trainAhead.ts';

interface Trained {
  readonly ahead: Ahead<number>;
  readonly log: string[];
  end(item: string, result: number): Promise<void>;
  fail(item: string): Promise<void>;
}

/** A result above 9 ends the search; a stopped item settles with 0. */
function training(atOnce: number, items = ['a', 'b', 'c', 'd']): Trained {
  const log: string[] = [];
  const open = new Map<string, { resolve: (n: number) => void; reject: (error: Error) => void }>();
  const ahead = trainAhead<number>({
    items,
    atOnce,
    start: (item) => {
      log.push(`start ${item}`);
      return new Promise((resolve, reject) => open.set(item, { resolve, reject }));
    },
    stop: (item) => {
      log.push(`stop ${item}`);
      open.get(item)?.resolve(0);
    },
    endsSearch: (_, result) => result > 9,
  });
  const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    ahead,
    log,
    end: (item, result) => (open.get(item)?.resolve(result), turns()),
    fail: (item) => (open.get(item)?.reject(new Error(item)), turns()),
  };
}

describe('training ahead', () => {
  it('keeps so many running, and gives results in the order asked for', async () => {
    const { ahead, log, end } = training(2);
    const first = ahead.take('a');
    assert.deepEqual(log, ['start a', 'start b']);
    await end('b', 2);
    assert.deepEqual(log, ['start a', 'start b', 'start c']);
    await end('a', 1);
    assert.equal(await first, 1);
    assert.equal(await ahead.take('b'), 2);
    assert.deepEqual(log, ['start a', 'start b', 'start c', 'start d']);
  });

  it('starts nothing after an item that ends the search, and stops what runs there, but not what is before it', async () => {
    const { ahead, log, end } = training(3);
    const first = ahead.take('a');
    await end('b', 10);
    assert.deepEqual(log, ['start a', 'start b', 'start c', 'stop c']);
    await end('a', 1);
    assert.equal(await first, 1);
    assert.equal(await ahead.take('b'), 10);
    assert.deepEqual(log, ['start a', 'start b', 'start c', 'stop c']);
  });

  it('trains one after the other where only one may run', async () => {
    const { ahead, log, end } = training(1);
    void ahead.take('a');
    await end('a', 1);
    assert.deepEqual(log, ['start a', 'start b']);
  });

  it('tells of a failure where the item is taken, and starts nothing after it', async () => {
    const { ahead, log, end, fail } = training(2);
    const first = ahead.take('a');
    await fail('b');
    await end('a', 1);
    assert.equal(await first, 1);
    await assert.rejects(ahead.take('b'), /^Error: b$/);
    assert.deepEqual(log, ['start a', 'start b']);
  });

  it('stops all, once they have settled', async () => {
    const { ahead, log } = training(2);
    void ahead.take('a');
    await ahead.stopAll();
    assert.deepEqual(log, ['start a', 'start b', 'stop a', 'stop b']);
  });
});
