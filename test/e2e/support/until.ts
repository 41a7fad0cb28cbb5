/** Waiting in tests of a real editor: for something to be so, or for something to be shown once a key was taken. */
import type { Locator } from 'playwright-core';

export async function until(isSo: () => boolean, what: string, limitMs = 120_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    let error: unknown;
    try {
      if (isSo()) return;
    } catch (thrown) {
      // A file may be read while it is being written.
      error = thrown;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs / 1000} s for ${what}.`, { cause: error });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Acts until it is shown: what a key is for may still be on its way to the focus, or be asking the server. */
export async function untilShown(
  target: Locator,
  act: () => Promise<void>,
  { nTries = 4, waitMs = 15_000 }: { readonly nTries?: number; readonly waitMs?: number } = {},
): Promise<void> {
  for (let tries = 1; !(await target.isVisible()); tries++) {
    await act();
    try {
      await target.waitFor({ timeout: waitMs });
    } catch (error) {
      if (tries === nTries) throw error;
    }
  }
}
