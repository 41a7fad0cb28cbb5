/** What the explorer's elements tell their root: a changed choice, or a wish. Typed, and misspelt names do not compile. */
import type { ExplorerView } from './explorerView.ts';

export interface ExplorerEventMap {
  'explorer-view': Partial<ExplorerView>;
  'explorer-action': ExplorerAction;
}

export type ExplorerAction =
  | { readonly kind: 'select'; readonly sample: number }
  | { readonly kind: 'store'; readonly end: 'a' | 'b' }
  | { readonly kind: 'play' };

export function emitView(from: EventTarget, change: Partial<ExplorerView>): void {
  send(from, 'explorer-view', change);
}

export function emitAction(from: EventTarget, action: ExplorerAction): void {
  send(from, 'explorer-action', action);
}

export function heard<T extends keyof ExplorerEventMap>(
  handle: (detail: ExplorerEventMap[T]) => void,
): (event: Event) => void {
  return (event) => handle((event as CustomEvent<ExplorerEventMap[T]>).detail);
}

function send<T extends keyof ExplorerEventMap>(from: EventTarget, type: T, detail: ExplorerEventMap[T]): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
