/** Which list about an edit waits for its answer, by its title: what a user sees, for other extensions and tests. */
export class OpenQuestion {
  #title: string | null = null;

  get title(): string | null {
    return this.#title;
  }

  async during<T>(title: string, ask: () => Thenable<T>): Promise<T> {
    this.#title = title;
    try {
      return await ask();
    } finally {
      this.#title = null;
    }
  }
}
