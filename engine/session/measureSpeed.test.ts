import assert from 'node:assert/strict';
import { selectBackend } from '../tensors/selectBackend.ts';
import { compareSteps } from './measureSpeed.ts';
import { runToy } from './sessionFixture.ts';

describe('the speed of training', () => {
  it('is a ratio of pairs in turns, with its quartiles; what comes first does not count', () => {
    let now = 0;
    const order: string[] = [];
    // Each step takes a little longer than the one before, as on a machine that grows busy.
    const step = (name: string, ms: number) => (n: number) => {
      order.push(`${name}${n}`);
      now += n < 2 ? 1000 : ms * (1 + n / 10);
    };
    const speed = compareSteps(step('full', 30), step('bits', 20), (nPairs) => nPairs < 5, () => now); // prettier-ignore
    assert.deepEqual(order.slice(0, 10), ['full0', 'bits0', 'full1', 'bits1', 'full2', 'bits2', 'bits3', 'full3', 'full4', 'bits4']); // prettier-ignore
    assert.equal(speed.nPairs, 5);
    for (const value of Object.values(speed.ratio)) assert.ok(Math.abs(value - 1.5) < 1e-9);
    assert.ok(Math.abs(speed.fullMs - 42) < 1e-9 && Math.abs(speed.compressedMs - 28) < 1e-9);
  });

  it('has a median between its quartiles where pairs differ', () => {
    let now = 0;
    const durations = [10, 20, 40, 30, 50];
    const { ratio } = compareSteps(
      (n) => (now += durations[n - 2] ?? 1),
      () => (now += 10),
      (nPairs) => nPairs < 5,
      () => now,
    );
    assert.deepEqual(ratio, { median: 3, low: 2, high: 4 });
  });

  it('is told once by a run with what was compressed, and stands in its report', async function () {
    this.timeout(60_000);
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    const { events, disk, folder, outcome } = await runToy();
    assert.ok(outcome.ok);
    const told = events.flatMap((event) => (event.type === 'speed' ? [event.speed] : []));
    assert.equal(told.length, 1);
    assert.ok(told[0] && told[0].nPairs >= 5 && told[0].fullMs > 0 && told[0].ratio.low <= told[0].ratio.median);
    assert.deepEqual(told[0].layersD, ['fc', 'main.3', 'main.0']);
    const report = new TextDecoder().decode(disk.files().get(`${folder}/report.html`));
    assert.match(report, /Training speed[\s\S]*1\.32/);
  });
});
