/**
 * Collects values and hands them on together, at most once per interval: a training engine sends events
 * faster than a panel can draw. Order is kept, nothing is dropped, and `flush` sends what waits at once.
 */
export class Batcher<T> {
  readonly #deliver: (values: readonly T[]) => void;
  readonly #intervalMs: number;
  #waiting: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, deliver: (values: readonly T[]) => void) {
    this.#intervalMs = intervalMs;
    this.#deliver = deliver;
  }

  add(values: readonly T[]): void {
    for (const value of values) this.#waiting.push(value);
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.flush(), this.#intervalMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const values = this.#waiting;
    this.#waiting = [];
    if (values.length > 0) this.#deliver(values);
  }

  /** Forgets what waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
