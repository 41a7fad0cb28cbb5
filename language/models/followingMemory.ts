/**
 * What looking through the files around a file gave the last time: how scripts are started, which of them name
 * its classes, and what came of scripts that never read the file itself. Each is kept with the texts it was made
 * from and counts only while they are the same, so that after an edit of the file only those scripts are
 * followed again that the file is a part of. Bounded; what was used last stays longest.
 */
import { looksTheSame, recordingHost, type LookedAt } from '../lookedAt.ts';
import type { SourceHost } from '../sourceHost.ts';

/** A script that was followed without reading the file that is analysed: it shows nothing of that file. */
export interface Bystander {
  /** Functions and classes that other scripts may use. */
  readonly defined: readonly string[];
  readonly isStarter: boolean;
  readonly hasChoices: boolean;
  /** Steps it took to follow it, and then to explore what it does not call. */
  readonly followSteps: number;
  readonly exploreSteps: number;
}

interface Kept {
  readonly looked: LookedAt;
  readonly result: unknown;
}

const maxKept = 160;
const maxMentions = 1500;

export class FollowingMemory {
  readonly #kept = new Map<string, Kept>();
  readonly #mentions = new Map<string, { readonly text: string; readonly score: number | null }>();

  /** `work` on a host, unless it was done before and everything it looked at is the same. */
  once<T>(host: SourceHost, key: string, work: (host: SourceHost) => T): T {
    const known = this.recall<T>(host, key);
    if (known !== undefined) return known;
    const { recording, looked } = recordingHost(host);
    const result = work(recording);
    this.keep(key, looked, result);
    return result;
  }

  /** The caller knows of what type it was kept; undefined: not known, or not any more. */
  recall<T>(host: SourceHost, key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    if (!looksTheSame(host, kept.looked)) return undefined;
    this.#kept.set(key, kept);
    return kept.result as T;
  }

  keep(key: string, looked: LookedAt, result: unknown): void {
    this.#kept.set(key, { looked, result });
    forgetOldest(this.#kept, maxKept);
  }

  /** How likely a text uses what is looked for; null: it does not. */
  mention(key: string, text: string, judge: () => number | null): number | null {
    const known = this.#mentions.get(key);
    if (known?.text === text) return known.score;
    const score = judge();
    this.#mentions.delete(key);
    this.#mentions.set(key, { text, score });
    forgetOldest(this.#mentions, maxMentions);
    return score;
  }
}

function forgetOldest(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}
