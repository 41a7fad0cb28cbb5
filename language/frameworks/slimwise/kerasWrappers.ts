/** `slimwise_layers` around Keras layers. */
import type { CallContext } from '../../interpreter/library.ts';
import { foreign, unknown, type Value } from '../../interpreter/values.ts';
import { isKerasLayer, type KerasLayer } from '../keras/kerasLayer.ts';
import { kerasTensor, kerasTensorsOf } from '../keras/kerasTensor.ts';
import { lazyRewrite, type LazyRewrite } from './lazyRewrite.ts';
import type { Wrapping } from './wrappers.ts';

const rewrites = new WeakMap<KerasLayer, LazyRewrite>();

/** null: the value is no layer of Keras. */
export function wrapKeras(value: Value, wrapping: Wrapping, _context: CallContext): Value | null {
  const object = value.kind === 'foreign' ? value.object : value.kind === 'instance' ? value.foreign : null;
  if (!isKerasLayer(object)) return null;
  if ('bits' in wrapping) {
    object.record.bits = wrapping.bits;
    rewrites.get(object)?.setBits(wrapping.bits);
    return value;
  }
  if (object.declaredInput !== null) return unknown('a layer that declares the input shape is not rewritten');
  const rewrite = lazyRewrite(object, wrapping.rewrite, 'keras');
  const self: KerasLayer = {
    ...object,
    run: (inputs, at) =>
      kerasTensor(
        rewrite.run(inputs, at),
        inputs.some(({ isSymbolic }) => isSymbolic),
      ),
    call(given, at) {
      const inputs = kerasTensorsOf(given.positional[0] ?? given.keywords.get('inputs'), at);
      return inputs === null
        ? unknown(`the input of ${object.typeName} is not known`)
        : foreign(self.run([...inputs], at));
    },
  };
  rewrites.set(self, rewrite);
  return foreign(self);
}
