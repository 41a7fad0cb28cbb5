/**
 * What components tell the root element: a closed map of custom events, so that a listener's `detail` is
 * typed and a misspelt name does not compile. Components never talk to the host themselves.
 */
import type { VariantId } from '../../core/session/runEvent.ts';
import type { RunAction } from '../state/runStatus.ts';
import type { ViewState } from '../state/viewState.ts';

export interface PanelEventMap {
  'run-action': RunAction;
  'view-change': Partial<ViewState>;
  'layer-open': string;
  'walk-save': { readonly variant: VariantId; readonly step: number };
  'problem-dismiss': null;
  'panel-reload': null;
}

export function emit<T extends keyof PanelEventMap>(from: EventTarget, type: T, detail: PanelEventMap[T]): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** A listener for `@event=${on<'run-action'>((action) => …)}`. */
export function on<T extends keyof PanelEventMap>(handle: (detail: PanelEventMap[T]) => void): (event: Event) => void {
  return (event) => handle((event as CustomEvent<PanelEventMap[T]>).detail);
}
