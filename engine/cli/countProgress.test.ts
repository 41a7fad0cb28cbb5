import assert from 'node:assert/strict';
import { createCountProgress } from './countProgress.ts';

function progress(isTerminal: boolean) {
  let text = '';
  let ms = 0;
  const made = createCountProgress({ isTerminal, err: (part) => void (text += part) }, 'Reading images', () => ms);
  return { at: (now: number, done: number) => ((ms = now), made.show(done, 1000)), end: made.end, text: () => text };
}

describe('progress of a count', () => {
  it('is silent about what is quick', () => {
    const quick = progress(true);
    quick.at(1_900, 1_000);
    quick.end();
    assert.equal(quick.text(), '');
  });
  it('moves one line on a terminal, with the time left, and takes it away', () => {
    const terminal = progress(true);
    terminal.at(10_000, 250);
    terminal.at(10_050, 260);
    terminal.at(20_000, 500);
    terminal.end();
    assert.equal(
      terminal.text(),
      '\r\x1b[KReading images: 250 of 1,000, 30 s left\r\x1b[KReading images: 500 of 1,000, 20 s left\r\x1b[K',
    );
  });
  it('is a line per tenth in a log', () => {
    const log = progress(false);
    for (let done = 10; done <= 1_000; done += 10) log.at(2_000 + 10 * done, done);
    log.end();
    assert.equal(log.text().split('\n').length - 1, 10);
  });
});
