/**
 * What `keras.backend` says and sets for a whole program: where channels stand in images. Without a call
 * that sets it, it is Keras' own default; a user's `keras.json` is not read.
 */
import type { CallArguments } from '../../interpreter/library.ts';
import type { Machine } from '../../interpreter/machine.ts';
import { NONE, string } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';

export type DataFormat = 'channels_first' | 'channels_last';

const KEY = 'keras data format';

export function dataFormat(machine: Machine): DataFormat {
  return (machine.extensions.get(KEY) as DataFormat | undefined) ?? 'channels_last';
}

/** null: not a call of this kind. */
export function backendCall(name: string, args: CallArguments, machine: Machine): Value | null {
  switch (name) {
    case 'image_data_format':
      return string(dataFormat(machine));
    case 'image_dim_ordering':
      return string(dataFormat(machine) === 'channels_first' ? 'th' : 'tf');
    case 'set_image_data_format':
    case 'set_image_dim_ordering': {
      const [value] = [...args.positional, ...args.keywords.values()];
      const isFirst = value?.kind === 'string' && (value.value === 'channels_first' || value.value === 'th');
      machine.extensions.set(KEY, isFirst ? 'channels_first' : 'channels_last');
      return NONE;
    }
    default:
      return null;
  }
}
