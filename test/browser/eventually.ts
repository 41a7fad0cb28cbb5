/**
 * Asserts what becomes true a moment later: the assertion is tried until it passes, and its own error is thrown
 * where it still fails after a minute. For what leaves a page as a message, which no selector can wait for.
 */
import { setTimeout as delay } from 'node:timers/promises';

const limitMs = 60_000;

export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() >= end) throw error;
      await delay(20);
    }
  }
}
