/** `slimwise_layers` around TF.js layers. */
import type { CallContext } from '../../interpreter/library.ts';
import { foreign, type Value } from '../../interpreter/values.ts';
import { applyMethod, asApplicable, isTfjsLayer, type Applicable } from '../tfjs/tfjsLayer.ts';
import { lazyRewrite, type LazyRewrite } from './lazyRewrite.ts';
import type { Wrapping } from './wrappers.ts';

const rewrites = new WeakMap<Applicable, LazyRewrite>();

/** null: the value is no layer of TF.js. */
export function wrapTfjs(value: Value, wrapping: Wrapping, _context: CallContext): Value | null {
  const target = asApplicable(value);
  if (target === null) return null;
  if ('bits' in wrapping) {
    const rewrite = rewrites.get(target);
    if (isTfjsLayer(target)) target.record.bits = wrapping.bits;
    else if (rewrite === undefined) return null;
    rewrite?.setBits(wrapping.bits);
    return value;
  }
  if (!isTfjsLayer(target)) return null;
  const rewrite = lazyRewrite(target, wrapping.rewrite, 'tfjs');
  const self: Applicable = {
    typeName: target.typeName,
    typePaths: ['tf.layers.Layer'],
    isApplicable: true,
    inputShape: target.inputShape,
    run: (inputs, at) => [rewrite.run(inputs, at)],
    attribute: (name, at) => (name === 'apply' ? applyMethod(self) : (target.attribute?.(name, at) ?? null)),
  };
  rewrites.set(self, rewrite);
  return foreign(self);
}
