/**
 * Node's `argparse` (and `yargs`-like option objects of the same form): a parser answers its arguments'
 * defaults, because nobody gives others while a file is being edited. Options without a default are
 * undefined, flags are false; what must be given is its first choice, or not known.
 */
import type { ForeignObject } from '../foreign.ts';
import type { Library } from '../library.ts';
import { FALSE, UNDEFINED, builtin, dict, foreign, unknown, type DictValue, type Value } from '../values.ts';

export const nodeArgparseLibrary: Library = {
  name: 'node-argparse',
  call: (path) => (path === 'argparse.ArgumentParser' ? foreign(makeParser()) : null),
};

function makeParser(): ForeignObject {
  const values = new Map<string, Value>();
  return {
    typeName: 'ArgumentParser',
    typePaths: ['argparse.ArgumentParser'],
    attribute(name) {
      switch (name) {
        case 'addArgument':
        case 'add_argument':
          return builtin(name, ({ positional }) => {
            const flags = namesOf(positional);
            const options = positional.find((value): value is DictValue => value.kind === 'dict');
            const key = optionNamed(options, 'dest') ?? flags.find((flag) => flag.startsWith('--')) ?? flags[0];
            if (key !== undefined)
              values.set(key.replace(/^-+/, '').replaceAll('-', '_'), defaultOf(options, key.startsWith('-')));
            return UNDEFINED;
          });
        case 'parseArgs':
        case 'parse_args':
          return builtin(name, () => dict(values));
        default:
          return builtin(name, () => UNDEFINED);
      }
    },
  };
}

/** `'--width'`, or `['-w', '--width']`. */
function namesOf(args: readonly Value[]): readonly string[] {
  return args.flatMap((value): readonly string[] => {
    if (value.kind === 'string') return [value.value];
    return value.kind === 'list' ? namesOf(value.items) : [];
  });
}

/** What must be given and has choices is taken to be the first of them. */
function defaultOf(options: DictValue | undefined, isOption: boolean): Value {
  const given = options?.entries.get('sdefaultValue')?.value ?? options?.entries.get('sdefault')?.value;
  if (given !== undefined) return given;
  const choices = options?.entries.get('schoices')?.value;
  if (!isOption) {
    const [first] = choices?.kind === 'list' ? choices.items : [];
    return first ?? unknown('this argument of the command line is not given');
  }
  const action = optionNamed(options, 'action');
  return action === 'storeTrue' || action === 'store_true' ? FALSE : UNDEFINED;
}

function optionNamed(options: DictValue | undefined, name: string): string | undefined {
  const value = options?.entries.get(`s${name}`)?.value;
  return value?.kind === 'string' ? value.value : undefined;
}
