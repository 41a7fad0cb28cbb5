/** The events that the model editor's elements hand upwards, by name, and the two ways to send and to hear them. */
import type { Column } from './modelColumns.ts';

export interface ModelEvents {
  'sort-change': Column<unknown>;
  'device-change': string;
  'finding-open': string;
}

export function emit<K extends keyof ModelEvents>(from: EventTarget, name: K, detail: ModelEvents[K]): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

export function on<K extends keyof ModelEvents>(listener: (detail: ModelEvents[K]) => void): (event: Event) => void {
  return (event) => listener((event as CustomEvent<ModelEvents[K]>).detail);
}
