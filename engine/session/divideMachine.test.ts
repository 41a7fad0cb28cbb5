import assert from 'node:assert/strict';
import { atOnce, divideMachine } from './divideMachine.ts';

const roomy = { wanted: null, nLayers: 4, cores: 8, threads: 8, bytesEach: 1e9, bytesFree: 64e9 };

describe('dividing the machine among single layers', () => {
  it('takes a process per layer where cores allow, and shares the threads out', () => {
    assert.deepEqual(divideMachine(roomy), { processes: 4, threadsEach: 2 });
    assert.deepEqual(divideMachine({ ...roomy, cores: 2, threads: 2 }), { processes: 2, threadsEach: 1 });
    assert.deepEqual(divideMachine({ ...roomy, cores: 1, threads: 1 }), { processes: 1, threadsEach: 1 });
  });

  it('does as it is told, but never more than there are layers', () => {
    assert.deepEqual(divideMachine({ ...roomy, wanted: 3 }), { processes: 3, threadsEach: 2 });
    assert.deepEqual(divideMachine({ ...roomy, wanted: 1 }), { processes: 1, threadsEach: 8 });
    assert.deepEqual(divideMachine({ ...roomy, wanted: 99 }), { processes: 4, threadsEach: 2 });
  });

  it('leaves a fifth of the free memory free, and trains at least one', () => {
    assert.equal(divideMachine({ ...roomy, bytesFree: 2.6e9 }).processes, 2);
    assert.equal(divideMachine({ ...roomy, bytesFree: 0 }).processes, 1);
    // What was asked for is kept; fewer of them run at a time.
    assert.equal(divideMachine({ ...roomy, wanted: 3, bytesFree: 0 }).processes, 3);
    assert.equal(atOnce(4, 1e9, 2.6e9), 2);
    assert.equal(atOnce(2, 1e9, 64e9), 2);
  });

  it('gives every process a thread where the backend has only one', () => {
    assert.deepEqual(divideMachine({ ...roomy, threads: 1 }), { processes: 4, threadsEach: 1 });
  });
});
