/**
 * Files of the workspace that a script reads its settings from: `open`, `json`, `yaml`, OmegaConf. Only the
 * host is asked, with paths inside the workspace; what is not there, or not understood, is unknown. Nothing
 * is unpickled.
 */
import type { ForeignObject } from '../foreign.ts';
import type { CallArguments, CallContext } from '../library.ts';
import { folderOf, joinPath } from '../python/importPath.ts';
import { NONE, bool, builtin, dict, float, foreign, int, list, string, unknown } from '../values.ts';
import type { Value } from '../values.ts';
import { namespaceObject } from './namespaceObject.ts';
import { parseYaml, type PlainData } from './yamlText.ts';

const MAX_TEXT = 200_000;

interface FileObject extends ForeignObject {
  readonly typeName: 'file';
  readonly text: string;
}

/** Calls of `json`, `yaml` and `omegaconf`; null: none of them. */
export function callFiles(path: string, args: CallArguments, context: CallContext): Value | null {
  switch (path) {
    case 'shutil.copy':
    case 'shutil.copy2':
    case 'shutil.copyfile': {
      // A template that the script copies for itself when it is first started.
      const [from, to] = args.positional;
      if (from?.kind === 'string' && to?.kind === 'string') copiesOf(context).set(plainPath(to.value), from.value);
      return NONE;
    }
    case 'json.load':
    case 'json.loads':
      return parsed(args, parseJson);
    case 'yaml.load':
    case 'yaml.safe_load':
    case 'yaml.full_load':
      return parsed(args, parseYaml);
    case 'omegaconf.OmegaConf.load':
      return asConfig(parsedText(readWorkspace(args, context), parseYaml));
    case 'omegaconf.OmegaConf.create':
      return asConfig(args.positional[0] ?? dict());
    case 'omegaconf.OmegaConf.merge':
      return merged(args);
    default:
      return null;
  }
}

/** Python's `open(path)`. */
export function openFile(args: CallArguments, context: CallContext): Value {
  const mode = args.positional[1] ?? args.keywords.get('mode');
  const isReading = mode === undefined || (mode.kind === 'string' && mode.value.startsWith('r'));
  const text = isReading ? readWorkspace(args, context) : null;
  return text === null ? unknown('the contents of a file') : foreign(fileObject(text));
}

function fileObject(text: string): FileObject {
  return {
    typeName: 'file',
    typePaths: ['io.TextIOWrapper'],
    text,
    truth: () => true,
    iterate: () => text.split(/(?<=\n)/).map(string),
    attribute(name) {
      if (name === 'read') return builtin(name, () => string(text));
      if (name === 'readlines') return builtin(name, () => list(text.split(/(?<=\n)/).map(string)));
      return name === 'close' ? builtin(name, () => NONE) : null;
    },
  };
}

/** Relative to the script that was started, to the top of the workspace, or to the file that reads. */
function readWorkspace({ positional, keywords }: CallArguments, context: CallContext): string | null {
  const { machine } = context;
  const path = positional[0] ?? keywords.get('file');
  if (path?.kind !== 'string' || !/\.(json|ya?ml|txt|cfg)$/.test(path.value)) return null;
  const template = copiesOf(context).get(plainPath(path.value));
  const [main] = machine.units.values();
  const reader = machine.callSites[machine.callSites.length - 1]?.unit;
  for (const folder of [folderOf(main?.path ?? ''), '', folderOf(reader?.path ?? '')]) {
    const read = (name: string): string | null => machine.host.read(joinPath(folder, name.replace(/^\//, '')));
    const text = read(path.value) ?? (template === undefined ? null : read(template));
    if (text !== null) return text.length <= MAX_TEXT ? text : null;
  }
  return null;
}

/** What the script has copied so far: from where, by where to. */
function copiesOf({ machine }: CallContext): Map<string, string> {
  const known = machine.extensions.get('copied files') as Map<string, string> | undefined;
  if (known !== undefined) return known;
  const made = new Map<string, string>();
  machine.extensions.set('copied files', made);
  return made;
}

function plainPath(path: string): string {
  return joinPath('', path);
}

/** A file of settings in the workspace as a value; null where it is not there or not understood. */
export function readSettings(args: CallArguments, context: CallContext): Value | null {
  const text = readWorkspace(args, context);
  const data = text === null ? undefined : parseYaml(text);
  return data === undefined ? null : valueOf(data);
}

function parsed({ positional, keywords }: CallArguments, parse: (text: string) => PlainData | undefined): Value {
  const source = positional[0] ?? keywords.get('stream') ?? NONE;
  if (source.kind === 'string') return parsedText(source.value, parse);
  const file = source.kind === 'foreign' && source.object.typeName === 'file' ? (source.object as FileObject) : null;
  return parsedText(file?.text ?? null, parse);
}

function parsedText(text: string | null, parse: (text: string) => PlainData | undefined): Value {
  const data = text === null ? undefined : parse(text);
  return data === undefined ? unknown('the contents of a file') : valueOf(data);
}

function parseJson(text: string): PlainData | undefined {
  try {
    return JSON.parse(text) as PlainData;
  } catch {
    return undefined;
  }
}

function valueOf(data: PlainData): Value {
  if (data === null) return NONE;
  if (typeof data === 'boolean') return bool(data);
  if (typeof data === 'number') return Number.isInteger(data) ? int(data) : float(data);
  if (typeof data === 'string') return string(data);
  if (Array.isArray(data)) return list(data.map(valueOf));
  return dict(Object.entries(data).map(([key, item]) => [key, valueOf(item)] as const));
}

/** Dictionaries whose entries are attributes too. */
function asConfig(value: Value): Value {
  if (value.kind !== 'dict') return value;
  const entries = [...value.entries.values()].flatMap((entry) =>
    entry.key.kind === 'string' ? [[entry.key.value, asConfig(entry.value)] as const] : [],
  );
  return foreign(namespaceObject('omegaconf.DictConfig', new Map(entries)));
}

function merged({ positional }: CallArguments): Value {
  const values = new Map<string, Value>();
  for (const source of positional) {
    const config = asConfig(source);
    if (config.kind !== 'foreign' || !('values' in config.object)) return unknown('a configuration that is not known');
    for (const [key, value] of (config.object as ReturnType<typeof namespaceObject>).values) values.set(key, value);
  }
  return foreign(namespaceObject('omegaconf.DictConfig', values));
}
