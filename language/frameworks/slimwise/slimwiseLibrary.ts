/** `slimwise_layers` as a library of the interpreter: the wrappers around layers of whichever framework it meets. */
import type { CallArguments, CallContext, Library } from '../../interpreter/library.ts';
import { unknown, type Value } from '../../interpreter/values.ts';
import { wrapKeras } from './kerasWrappers.ts';
import { wrapTfjs } from './tfjsWrappers.ts';
import { wrapTorch } from './torchWrappers.ts';
import { moduleName, wrappingOf, type Wrapping } from './wrappers.ts';

type Wrap = (value: Value, wrapping: Wrapping, context: CallContext) => Value | null;

function libraryOf(wraps: readonly Wrap[]): Library {
  return {
    name: 'Slimwise',
    knows: (path) => path === moduleName || path.startsWith(`${moduleName}.`),
    call(path, args: CallArguments, context) {
      const [layer] = args.positional;
      if (!path.startsWith(`${moduleName}.`) || layer === undefined) return null;
      const wrapping = wrappingOf(path, args);
      if (wrapping === null) return unknown(`the arguments of ${path} are not known`);
      if (layer.kind === 'unknown') return layer;
      for (const wrap of wraps) {
        const wrapped = wrap(layer, wrapping, context);
        if (wrapped !== null) return wrapped;
      }
      return unknown(`${path} takes a layer`);
    },
  };
}

export const slimwisePython = libraryOf([wrapTorch, wrapKeras]);
export const slimwiseJavascript = libraryOf([wrapTfjs]);
