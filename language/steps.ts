/**
 * Work that can be laid down between its steps: a generator that yields where others may have their turn.
 * Who cannot wait runs it to its end; who need not (the language server) goes on with it later, or drops it
 * where it is no longer wanted. What it works on must not change meanwhile.
 */
export type Steps<T> = Generator<void, T, void>;

export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
