/**
 * Runs that may or may not happen: a module that is picked by a key which is not known. Each layer that may be
 * meant gets one run of which nothing is known, so that no row says how often it runs, or that it never does.
 */
import type { CallContext } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import type { LayerRecord, Recorder } from '../recorder.ts';
import { recordNode, recorderOf } from '../recorder.ts';
import { isLayerObject } from './layers.ts';
import { leafLayer } from './leafModule.ts';
import { moduleOf, namedModules } from './torchModule.ts';

/** Layers that have such a run already, by recording. */
const marked = new WeakMap<Recorder, Set<LayerRecord>>();

export function recordPossibleRuns(root: Value, reason: string, context: CallContext): void {
  const options = { layout: 'channelsFirst', shape: null, unknown: reason } as const;
  recordNode(context, { op: 'unknown', attributes: { type: 'value' } }, [], options);
  const recorder = recorderOf(context.machine);
  const known = marked.get(recorder) ?? new Set();
  marked.set(recorder, known);
  for (const [, module] of namedModules(root, context)) {
    const layer = layerOf(module, context);
    if (layer === null || known.has(layer)) continue;
    known.add(layer);
    recordNode(context, { op: 'unknown', attributes: { type: layer.type } }, [], { ...options, layer });
  }
}

function layerOf(module: Value, context: CallContext): LayerRecord | null {
  const own = moduleOf(module);
  if (own !== null) return isLayerObject(own) ? own.record : null;
  return module.kind === 'instance' ? leafLayer(module, context) : null;
}
