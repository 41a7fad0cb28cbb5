/**
 * How people are told to start a script: `python train.py --size 64` in the READMEs and shell scripts
 * around it. Read where an option must be given and has no default, and where the defaults do not lead
 * to the model. The text is only read; nothing is started.
 */
import { folderOf, joinPath } from '../interpreter/python/importPath.ts';
import type { SourceHost } from '../sourceHost.ts';

const MAX_FILES = 40;
const MAX_LENGTH = 300_000;
const MAX_COMMANDS = 8;

/** One command line: options by their names without dashes, and what stands without a name. */
export interface CommandLine {
  readonly text: string;
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positional: readonly string[];
}

/** The command lines of a script, those beside it first. */
export function commandLines(host: SourceHost, script: string): readonly CommandLine[] {
  const found: CommandLine[] = [];
  const name = script.slice(script.lastIndexOf('/') + 1);
  const pattern = new RegExp(
    `\\bpython[\\d.]*\\s+(?:-u\\s+)?(?:\\S*/)?${name.replace(/[^\w]/g, '\\$&')}\\b([^\\n]*)`,
    'g',
  );
  for (const path of textFiles(host, folderOf(script))) {
    const text = host.read(path);
    if (text === null || text.length > MAX_LENGTH) continue;
    for (const [whole, rest = ''] of text.replace(/\\\r?\n/g, ' ').matchAll(pattern)) {
      found.push(parseCommand(whole, rest));
      if (found.length >= MAX_COMMANDS) return found;
    }
  }
  return found;
}

function parseCommand(whole: string, rest: string): CommandLine {
  const options = new Map<string, string[]>();
  const positional: string[] = [];
  let current: string[] | null = null;
  const command = (/^[^|<>&;`#]*/.exec(rest)?.[0] ?? '').trim();
  for (const [, quoted, single, plain] of command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
    const word = quoted ?? single ?? plain ?? '';
    const option = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word);
    if (option !== null) {
      current = option[2] === undefined ? [] : [option[2]];
      options.set((option[1] ?? '').replaceAll('-', '_'), current);
    } else if (current === null) positional.push(word);
    else current.push(word);
  }
  return { text: whole.trim(), options, positional };
}

function* textFiles(host: SourceHost, folder: string): Generator<string> {
  let nFiles = 0;
  const seen = new Set<string>();
  for (let place = folder; ; place = folderOf(place)) {
    for (const inner of ['', 'scripts']) {
      const base = inner === '' ? place : joinPath(place, inner);
      for (const name of host.list(base)) {
        const path = joinPath(base, name);
        if (!/^readme(\.\w+)?$|\.(sh|md)$/i.test(name) || seen.has(path)) continue;
        seen.add(path);
        if (++nFiles > MAX_FILES) return;
        yield path;
      }
    }
    if (place === '') return;
  }
}
