/**
 * Messages between the run panel and the extension host. The panel names only ids that the host gave it
 * (a variant, a step, a layer of this run), never a path, command, URL or HTML. The host pushes events
 * as they come, at most one message per animation frame's worth; the panel rebuilds its state with
 * `reduceRun`, so closing and reopening it loses nothing.
 */
import type { RunEvent, VariantId } from './runEvent.ts';
import type { RunRecord } from './runRecord.ts';

/** Requests of the panel; each is answered exactly once. */
export interface PanelRequests {
  /** The panel is ready: everything about its run so far. */
  ready(args: Record<string, never>): PanelInit;
  cancel(args: Record<string, never>): null;
  pause(args: Record<string, never>): null;
  resume(args: Record<string, never>): null;
  /** Go on with an interrupted, cancelled or failed run. */
  continueRun(args: Record<string, never>): null;
  openReport(args: Record<string, never>): null;
  revealModel(args: Record<string, never>): null;
  /** Opens the latent explorer on this run's packed model. */
  exploreLatents(args: Record<string, never>): null;
  /** Asks for a format and a place, and exports the packed model. */
  exportModel(args: Record<string, never>): null;
  /** Go to the source line of a layer. */
  openLayer(args: { readonly layer: string }): null;
  /** A URI that the panel may show for one logged sample grid. */
  sample(args: { readonly variant: VariantId; readonly step: number }): { readonly uri: string };
  /** The same for the way between the fixed latents, where that sample has one. */
  walk(args: { readonly variant: VariantId; readonly step: number }): { readonly uri: string };
  /** Asks for a place and saves the picture of that way there. */
  saveWalk(args: { readonly variant: VariantId; readonly step: number }): null;
  /** Real images beside generated ones, drawn once at the start. */
  realSample(args: Record<string, never>): { readonly uri: string };
}

export interface PanelInit {
  readonly record: RunRecord;
  readonly events: readonly RunEvent[];
  /** True while an engine process of this window is working on the run. */
  readonly live: boolean;
  /** A process of another window, or a terminal, works on the run: it can be looked at and is left alone. */
  readonly held?: boolean;
  /** False in Restricted Mode: buttons that run anything are disabled, with the reason. */
  readonly trusted: boolean;
}

/** What the host pushes. */
export type PanelPush =
  | { readonly type: 'events'; readonly events: readonly RunEvent[] }
  | { readonly type: 'record'; readonly record: RunRecord; readonly live: boolean; readonly held?: boolean }
  | { readonly type: 'engine'; readonly responding: boolean; readonly rssBytes: number };
