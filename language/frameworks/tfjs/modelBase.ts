/**
 * A user's class that is a model itself (`class Critic extends tf.Sequential`): `super(…)` makes the model,
 * and everything that is asked of an instance is asked of it.
 */
import type { ExternalBase } from '../../interpreter/library.ts';
import { configOf } from './layerConfig.ts';
import { makeFunctional, makeSequential } from './tfjsModel.ts';

const makers = {
  'tf.Sequential': makeSequential,
  'tf.LayersModel': makeFunctional,
  'tf.Model': makeFunctional,
} as const;

/** null: not a base class of models. */
export function modelBase(path: string): ExternalBase | null {
  const make = Object.hasOwn(makers, path) ? makers[path as keyof typeof makers] : undefined;
  if (make === undefined) return null;
  return {
    typePaths: [path, 'tf.LayersModel'],
    construct(self, args, context) {
      const made = make(configOf(args), context);
      if (made.kind === 'foreign') self.foreign = made.object;
    },
    attribute: (self, name, context) => self.foreign?.attribute?.(name, context) ?? null,
  };
}
