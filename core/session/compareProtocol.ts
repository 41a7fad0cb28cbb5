/**
 * Messages between the page that compares runs and the extension host. The page names only rows and runs that
 * the host gave it; the host reads the samples, opens runs and writes exported files where the user says.
 * `ready` is answered with everything, so a page that is reloaded loses nothing.
 */
import type { RunDigest } from '../compare/runDigest.ts';
import type { RowChoice } from '../compare/compareRuns.ts';
import type { VariantId } from './runEvent.ts';

export interface CompareRequests {
  ready(args: Record<string, never>): CompareInit;
  /** A URI that the page may show for one logged sample grid. */
  sample(args: { readonly run: string; readonly variant: VariantId; readonly step: number }): { readonly uri: string };
  openRun(args: { readonly run: string }): null;
  /** Writes the comparison where the user says; false where they said nowhere. */
  save(args: { readonly format: 'csv' | 'html'; readonly choice: RowChoice }): boolean;
}

export interface CompareInit {
  readonly runs: readonly RunDigest[];
}

export interface ComparePush {
  readonly type: 'runs';
  readonly runs: readonly RunDigest[];
}

export function isComparePush(message: unknown): message is ComparePush {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'runs' &&
    'runs' in message &&
    Array.isArray(message.runs) &&
    message.runs.every((run: unknown) => typeof run === 'object' && run !== null && 'id' in run && 'rows' in run)
  );
}
