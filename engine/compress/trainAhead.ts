/**
 * Trains independent items of a search several at a time, while the search still takes their results in
 * order. What would come after an item that ends the search is not started, and stopped where it runs, so
 * the search sees exactly what it would see one after the other. How an item is trained is the caller's.
 */
export interface AheadRequest<T> {
  /** In the order in which the search asks for them. */
  readonly items: readonly string[];
  readonly atOnce: number;
  readonly start: (item: string) => Promise<T>;
  /** Ends an item early; its promise still settles. */
  readonly stop: (item: string) => void;
  /** Whether the search does not go past this result. */
  readonly endsSearch: (item: string, result: T) => boolean;
}

export interface Ahead<T> {
  /** The result of an item, which is started now unless it runs already; a failed training rejects. */
  take(item: string): Promise<T>;
  /** Stops what runs, starts nothing more, and resolves when all have settled. */
  stopAll(): Promise<void>;
}

export function trainAhead<T>({ items, atOnce, start, stop, endsSearch }: AheadRequest<T>): Ahead<T> {
  const trainings = new Map<string, Promise<T>>();
  const running = new Set<string>();
  /** Items from here on are not started ahead. */
  let end = items.length;

  const endAfter = (position: number): void => {
    end = Math.min(end, position + 1);
    for (const item of running) if (items.indexOf(item) >= end) stop(item);
  };
  const begin = (item: string): Promise<T> => {
    const position = items.indexOf(item);
    running.add(item);
    const training = start(item).then(
      (result) => {
        running.delete(item);
        if (endsSearch(item, result)) endAfter(position);
        fill();
        return result;
      },
      (error: unknown) => {
        running.delete(item);
        endAfter(position);
        throw error;
      },
    );
    // One that nobody takes any more has nobody to tell.
    training.catch(() => undefined);
    trainings.set(item, training);
    return training;
  };
  const fill = (): void => {
    for (const item of items.slice(0, end)) {
      if (running.size >= atOnce) return;
      if (!trainings.has(item)) void begin(item);
    }
  };

  return {
    take(item) {
      const training = trainings.get(item) ?? begin(item);
      fill();
      return training;
    },
    async stopAll() {
      end = 0;
      for (const item of running) stop(item);
      await Promise.allSettled(trainings.values());
    },
  };
}
