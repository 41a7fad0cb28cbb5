/**
 * Command-line options: `argparse`, `optparse` habits, `absl.flags` and `tf.app.flags`. A program is taken
 * to be started without arguments, so every option has its default; one that must be given is taken from
 * how the workspace says the program is started (`START`), else its first alternative, else unknown.
 */
import type { ForeignObject } from '../foreign.ts';
import type { CallArguments, CallContext, Library } from '../library.ts';
import { NONE, bool, foreign, list, string, tuple, unknown } from '../values.ts';
import type { Value } from '../values.ts';
import { configNode } from './configNode.ts';
import { namespaceObject } from './namespaceObject.ts';
import type { NamespaceObject } from './namespaceObject.ts';

/** Key of `machine.extensions`: how the program is started, as a `Start`. */
export const START = 'how the program is started';

export interface Start {
  /** Options of a command line that the workspace shows, for those that have no default. */
  readonly shown: ReadonlyMap<string, readonly string[]>;
  /** Options that are given, before any default. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** An option with one of these among its choices has that one: the name of the file or class asked about. */
  readonly words: readonly string[];
}

const PARSERS = new Set([
  'argparse.ArgumentParser',
  'configargparse.ArgumentParser',
  'configargparse.ArgParser',
  'jsonargparse.ArgumentParser',
]);

export const argparseLibrary: Library = {
  name: 'argparse',
  knows: (path) => /^(argparse|absl|configargparse|optparse|yacs)(\.|$)/.test(path),
  constant(path, context) {
    const isFlags = /^(absl|tensorflow(\.compat\.v1)?(\.app)?)\.flags\.FLAGS$/.test(path);
    return isFlags ? foreign(flagsOf(context)) : null;
  },
  call(path, args, context) {
    if (PARSERS.has(path)) return foreign(parserObject(new Map()));
    if (path === 'argparse.Namespace' || path === 'types.SimpleNamespace') {
      return foreign(namespaceObject(path, new Map(args.keywords)));
    }
    if (/^(easydict\.EasyDict|addict\.Dict|munch\.Munch|ml_collections\.ConfigDict|omegaconf\..*Config)$/.test(path)) {
      return foreign(namespaceObject(path, entriesOf(args)));
    }
    if (/(^|\.)CfgNode$/.test(path)) return foreign(configNode(entriesOf(args)));
    const flag = /^(?:absl\.flags|tensorflow\.(?:compat\.v1\.)?(?:app\.)?flags)\.DEFINE_(\w+)$/.exec(path);
    if (flag !== null) {
      const [name, value] = args.positional;
      const given = value ?? args.keywords.get('default') ?? NONE;
      if (name?.kind === 'string') flagsOf(context).values.set(name.value, given);
      return NONE;
    }
    return null;
  },
};

/** `FLAGS` of absl and TensorFlow 1: one set for the whole program. */
export function flagsOf(context: CallContext): NamespaceObject {
  const known = context.machine.extensions.get('flags') as NamespaceObject | undefined;
  if (known !== undefined) return known;
  const made = namespaceObject('absl.flags.FlagValues', new Map());
  context.machine.extensions.set('flags', made);
  return made;
}

function entriesOf(args: CallArguments): Map<string, Value> {
  const values = new Map<string, Value>();
  const [source] = args.positional;
  if (source?.kind === 'dict') {
    for (const { key, value } of source.entries.values()) {
      if (key.kind !== 'string') continue;
      const inner: CallArguments = { positional: [value], keywords: new Map(), open: null };
      values.set(
        key.value,
        value.kind === 'dict' ? foreign(namespaceObject('easydict.EasyDict', entriesOf(inner))) : value,
      );
    }
  }
  for (const [key, value] of args.keywords) values.set(key, value);
  return values;
}

function parserObject(values: Map<string, Value>): ForeignObject {
  const object: ForeignObject = {
    typeName: 'ArgumentParser',
    typePaths: ['argparse.ArgumentParser'],
    attribute(name) {
      switch (name) {
        case 'add_argument':
        case 'add_arg':
        case 'add':
          return method(name, (args, context) => {
            addArgument(object, values, args, context);
            return NONE;
          });
        case 'set_defaults':
          return method(name, (args, context) => {
            for (const [key, value] of args.keywords) context.journal.setEntry(object, values, key, value);
            return NONE;
          });
        case 'add_argument_group':
        case 'add_mutually_exclusive_group':
          return method(name, () => foreign(object));
        case 'add_subparsers':
          return method(name, () => foreign(subparsers(object)));
        case 'add_parser':
          return method(name, () => foreign(object));
        case 'parse_args':
          return method(name, () => foreign(namespaceObject('argparse.Namespace', new Map(values))));
        case 'parse_known_args':
          return method(name, () => tuple([foreign(namespaceObject('argparse.Namespace', new Map(values))), list([])]));
        case 'get_default':
          return method(name, ({ positional }) =>
            positional[0]?.kind === 'string' ? (values.get(positional[0].value) ?? NONE) : NONE,
          );
        default:
          return method(name, () => NONE);
      }
    },
  };
  return object;
}

function subparsers(parser: ForeignObject): ForeignObject {
  return { ...parser, typeName: 'subparsers' };
}

function method(name: string, call: (args: CallArguments, context: CallContext) => Value): Value {
  return { kind: 'builtin', name, call };
}

function addArgument(owner: object, values: Map<string, Value>, args: CallArguments, context: CallContext): void {
  const names = args.positional.flatMap((value) => (value.kind === 'string' ? [value.value] : []));
  const long = names.find((name) => name.startsWith('--')) ?? names[0];
  const dest = args.keywords.get('dest');
  const name = dest?.kind === 'string' ? dest.value : long?.replace(/^-+/, '').replaceAll('-', '_');
  if (name === undefined) return;
  context.journal.setEntry(owner, values, name, defaultOf(name, long ?? '', args, context));
}

function defaultOf(name: string, written: string, args: CallArguments, context: CallContext): Value {
  const { keywords } = args;
  const action = keywords.get('action');
  const start = context.machine.extensions.get(START) as Start | undefined;
  const stated = givenOption(start?.given, name, written, args, context) ?? chosenWord(start, name, args, context);
  if (stated !== null) return stated;
  const given = keywords.get('default');
  if (given !== undefined) return given.kind === 'string' ? converted(given, args, context) : given;
  if (action?.kind === 'string' && action.value === 'store_true') return bool(false);
  if (action?.kind === 'string' && action.value === 'store_false') return bool(true);
  const required = keywords.get('required');
  const isPositional = !written.startsWith('-');
  const nargs = keywords.get('nargs');
  const isOptional = nargs?.kind === 'string' && (nargs.value === '?' || nargs.value === '*');
  if ((isPositional && !isOptional) || (required?.kind === 'bool' && required.value)) {
    return (
      givenOption(start?.shown, name, written, args, context) ??
      firstAlternative(args) ??
      unknown(`the option ${name} has no default`)
    );
  }
  return NONE;
}

function converted(text: Value, { keywords }: CallArguments, context: CallContext): Value {
  const type = keywords.get('type');
  if (type === undefined || type.kind === 'none') return text;
  return context.call(type, { positional: [text], keywords: new Map(), open: null });
}

function givenOption(
  options: ReadonlyMap<string, readonly string[]> | undefined,
  name: string,
  written: string,
  args: CallArguments,
  context: CallContext,
): Value | null {
  const texts = options?.get(name) ?? options?.get(written.replace(/^-+/, '').replaceAll('-', '_'));
  if (texts === undefined) return null;
  const action = args.keywords.get('action');
  if (action?.kind === 'string' && action.value.startsWith('store_')) return bool(action.value === 'store_true');
  const values = texts.map((text) => converted(string(text), args, context));
  const nargs = args.keywords.get('nargs');
  const isList = nargs?.kind === 'number' || (nargs?.kind === 'string' && nargs.value !== '?');
  return isList ? list(values) : (values[0] ?? null);
}

/** Of the choices of an option the one that names what is asked about. */
function chosenWord(
  start: Start | undefined,
  name: string,
  { keywords }: CallArguments,
  { machine }: CallContext,
): Value | null {
  if (start === undefined || start.words.length === 0) return null;
  const choices = keywords.get('choices');
  const isListed = choices?.kind === 'list' || choices?.kind === 'tuple';
  const items = isListed ? choices.items : comparedWith(name, machine);
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const word of start.words) {
    const found = items.find((item) => item.kind === 'string' && plain(item.value) === plain(word));
    if (found !== undefined) return found;
  }
  return null;
}

/** The texts that scripts compare an option with: `if opt.model == 'srcnn'`. */
function comparedWith(name: string, machine: CallContext['machine']): Value[] {
  if (!/^\w+$/.test(name)) return [];
  const compared = new RegExp(`\\.${name}(?:\\.lower\\(\\))?\\s*==\\s*['"]([\\w.-]+)['"]`, 'g');
  return [...machine.units.values()].flatMap(({ text }) =>
    [...text.matchAll(compared)].map(([, word = '']) => string(word)),
  );
}

/** An option that must be chosen is taken to be its first alternative: `choices`, or a help of `a | b | c`. */
function firstAlternative({ keywords }: CallArguments): Value | null {
  const choices = keywords.get('choices');
  if ((choices?.kind === 'list' || choices?.kind === 'tuple') && choices.items[0] !== undefined)
    return choices.items[0];
  const help = keywords.get('help');
  const type = keywords.get('type');
  if (help?.kind !== 'string' || (type !== undefined && !(type.kind === 'builtin' && type.name === 'str'))) return null;
  const alternatives = help.value.split('|').map((part) => part.trim());
  const isList = alternatives.length > 1 && alternatives.every((part) => /^[\w.-]+$/.test(part));
  return isList ? { kind: 'string', value: alternatives[0] ?? '' } : null;
}
