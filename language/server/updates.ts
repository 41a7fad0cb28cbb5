/**
 * When a changed document is looked at again. Two moments: at once (where the last analysis was quick) to
 * take away what no longer holds, and after the typing has paused for the debounce to show what is new,
 * so that half-typed code does not flicker. Whoever waits for a document hears when it has settled.
 */
export interface UpdateHandlers {
  /** Take away what no longer holds. */
  prune(uri: string): void;
  /** Show everything; resolves when it is shown. */
  settle(uri: string): Promise<void>;
  debounceMs(): number;
  /** How long the last analysis of the document took. */
  lastMs(uri: string): number;
}

/** Above this an analysis on every keystroke would be felt: wait for the pause instead. */
const promptMs = 40;

interface Pending {
  prune: NodeJS.Timeout | null;
  settle: NodeJS.Timeout;
  readonly waiting: (() => void)[];
}

export class Updates {
  readonly #handlers: UpdateHandlers;
  readonly #pending = new Map<string, Pending>();

  constructor(handlers: UpdateHandlers) {
    this.#handlers = handlers;
  }

  schedule(uri: string): void {
    const earlier = this.#pending.get(uri);
    if (earlier !== undefined) clear(earlier);
    const prompt = this.#handlers.lastMs(uri) <= promptMs;
    this.#pending.set(uri, {
      prune: prompt ? setTimeout(() => this.#handlers.prune(uri), 0) : null,
      settle: setTimeout(() => void this.#settle(uri), this.#handlers.debounceMs()),
      waiting: earlier?.waiting ?? [],
    });
  }

  /** Resolves when an answer for the document may be computed: at once, unless that would be felt. */
  async ready(uri: string): Promise<void> {
    const pending = this.#pending.get(uri);
    if (pending === undefined || this.#handlers.lastMs(uri) <= promptMs) return;
    await new Promise<void>((resolve) => pending.waiting.push(resolve));
  }

  isPending(uri: string): boolean {
    return this.#pending.has(uri);
  }

  cancel(uri: string): void {
    const pending = this.#pending.get(uri);
    if (pending === undefined) return;
    clear(pending);
    this.#pending.delete(uri);
    for (const resolve of pending.waiting) resolve();
  }

  dispose(): void {
    for (const uri of [...this.#pending.keys()]) this.cancel(uri);
  }

  async #settle(uri: string): Promise<void> {
    const pending = this.#pending.get(uri);
    this.#pending.delete(uri);
    if (pending?.prune) clearTimeout(pending.prune);
    await this.#handlers.settle(uri);
    for (const resolve of pending?.waiting ?? []) resolve();
  }
}

function clear(pending: Pending): void {
  if (pending.prune !== null) clearTimeout(pending.prune);
  clearTimeout(pending.settle);
}
