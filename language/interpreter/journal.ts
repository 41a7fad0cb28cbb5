/**
 * Every change of mutable state goes through here, so that it can be taken back: where a condition is
 * unknown, both sides run from the same state and their changes are joined (branches.ts).
 * A cell is one place that holds a value: a variable, an attribute, the items of a list. Outside of a
 * fork nothing is recorded and a change costs one comparison.
 */
import type { DictValue, ListValue, SetValue, Value } from './values.ts';

/** A place that can be read, written and joined. The state is opaque to the journal. */
export interface Cell {
  read(): unknown;
  write(state: unknown): void;
  join(left: unknown, right: unknown, reason: string): unknown;
}

export interface Change {
  readonly cell: Cell;
  readonly owner: object;
  readonly key: string;
  readonly before: unknown;
}

/** Changes since a fork, by owner and key. */
interface Fork {
  readonly cells: Map<object, Map<string, Change>>;
  /** What was born later is gone when the fork is taken back, so its changes need no record. */
  readonly birth: number;
}

let clock = 0;

/** Orders births of scopes and objects, and forks; its values mean nothing else. */
export function nextBirth(): number {
  return ++clock;
}

export class Journal {
  private readonly forks: Fork[] = [];
  /** Hears of every change, with what it happens to. */
  onChange: ((owner: object) => void) | null = null;

  get isForked(): boolean {
    return this.nForks > 0;
  }

  /** Forks that were begun and not yet ended. */
  get nForks(): number {
    return this.forks.length;
  }

  /** To be called before the cell `key` of `owner` changes. */
  record(owner: object, key: string, makeCell: () => Cell): void {
    this.onChange?.(owner);
    const fork = this.forks[this.forks.length - 1];
    if (fork === undefined) return;
    let cells = fork.cells.get(owner);
    if (cells === undefined) {
      cells = new Map();
      fork.cells.set(owner, cells);
    }
    if (cells.has(key)) return;
    const cell = makeCell();
    cells.set(key, { cell, owner, key, before: cell.read() });
  }

  begin(): void {
    this.forks.push({ cells: new Map(), birth: nextBirth() });
  }

  /** Ends the innermost fork and gives what changed in it; the changes stand, and belong to the fork around. */
  end(): Change[] {
    const fork = this.forks.pop();
    const changes: Change[] = [];
    if (fork === undefined) return changes;
    const outer = this.forks[this.forks.length - 1];
    for (const [owner, cells] of fork.cells) {
      for (const [key, change] of cells) {
        changes.push(change);
        if (outer === undefined) continue;
        let outerCells = outer.cells.get(owner);
        if (outerCells === undefined) {
          outerCells = new Map();
          outer.cells.set(owner, outerCells);
        }
        if (!outerCells.has(key)) outerCells.set(key, change);
      }
    }
    return changes;
  }

  setEntry(owner: object, map: Map<string, Value>, key: string, value: Value | undefined): void {
    this.onChange?.(owner);
    const fork = this.forks[this.forks.length - 1];
    const isYoung = fork !== undefined && 'birth' in owner && (owner.birth as number) > fork.birth;
    if (fork !== undefined && !isYoung) this.record(owner, `entry ${key}`, () => mapCell(map, key, this.joinValues));
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }

  /** The items of a list, to be changed in place. */
  itemsOf(value: ListValue): Value[] {
    this.record(value, 'items', () => listCell(value, this.joinValues));
    return value.items;
  }

  forgetItems(value: ListValue, reason: string): void {
    this.itemsOf(value).length = 0;
    value.unknown = reason;
  }

  entriesOf(value: DictValue): DictValue['entries'] {
    this.record(value, 'entries', () => dictCell(value, this.joinValues));
    return value.entries;
  }

  membersOf(value: SetValue): SetValue['entries'] {
    this.record(value, 'entries', () => setCell(value));
    return value.entries;
  }

  /** Set by branches.ts, which knows how values are joined. */
  joinValues: (left: Value, right: Value, reason: string) => Value = (left) => left;
}

function mapCell(map: Map<string, Value>, key: string, joinValues: Journal['joinValues']): Cell {
  return {
    read: () => map.get(key),
    write(state) {
      if (state === undefined) map.delete(key);
      else map.set(key, state as Value);
    },
    join(left, right, reason) {
      if (left === undefined || right === undefined) {
        const bound = (left ?? right) as Value | undefined;
        return bound === undefined ? undefined : { kind: 'unknown', reason };
      }
      return joinValues(left as Value, right as Value, reason);
    },
  };
}

interface ListState {
  readonly items: readonly Value[];
  readonly unknown: string | null;
}

function listCell(value: ListValue, joinValues: Journal['joinValues']): Cell {
  return {
    read: (): ListState => ({ items: [...value.items], unknown: value.unknown }),
    write(state) {
      const { items, unknown } = state as ListState;
      value.items = [...items];
      value.unknown = unknown;
    },
    join(left, right, reason): ListState {
      const one = left as ListState;
      const two = right as ListState;
      const unknown = one.unknown ?? two.unknown ?? (one.items.length === two.items.length ? null : reason);
      if (unknown !== null) return { items: [], unknown };
      const items = one.items.map((item, idx) => joinValues(item, two.items[idx] as Value, reason));
      return { items, unknown: null };
    },
  };
}

type DictState = Pick<DictValue, 'entries' | 'open'>;

function dictCell(value: DictValue, joinValues: Journal['joinValues']): Cell {
  return {
    read: (): DictState => ({ entries: new Map(value.entries), open: value.open }),
    write(state) {
      const { entries, open } = state as DictState;
      value.entries = new Map(entries);
      value.open = open;
    },
    join(left, right, reason): DictState {
      const one = left as DictState;
      const two = right as DictState;
      const entries: DictValue['entries'] = new Map();
      let open = one.open ?? two.open;
      for (const [key, entry] of [...one.entries, ...two.entries]) {
        const here = one.entries.get(key);
        const there = two.entries.get(key);
        if (here === undefined || there === undefined) open ??= reason;
        else if (!entries.has(key)) {
          entries.set(key, { key: entry.key, value: joinValues(here.value, there.value, reason) });
        }
      }
      return { entries, open };
    },
  };
}

type SetState = Pick<SetValue, 'entries' | 'unknown'>;

function setCell(value: SetValue): Cell {
  return {
    read: (): SetState => ({ entries: new Map(value.entries), unknown: value.unknown }),
    write(state) {
      const { entries, unknown } = state as SetState;
      value.entries = new Map(entries);
      value.unknown = unknown;
    },
    join(left, right, reason): SetState {
      const one = left as SetState;
      const two = right as SetState;
      const lost = one.unknown ?? two.unknown;
      const same =
        lost === null &&
        one.entries.size === two.entries.size &&
        [...one.entries.keys()].every((key) => two.entries.has(key));
      return same ? one : { entries: new Map(), unknown: lost ?? reason };
    },
  };
}
