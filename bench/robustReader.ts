/**
 * The process in which `bench:corpus -- --robust` reads files, so that one that hangs or takes all memory ends
 * this process and not the bench. It answers each file with what it cost; it is started by robustWatch.ts.
 * Files come from the disk as the language server sees it.
 */
import { describeFile } from '../language/describeFile.ts';
import { describeNotebook } from '../language/notebook/describeNotebook.ts';
import { diskHost } from '../language/server/diskHost.ts';
import { defaultSettings } from '../language/settings.ts';
import { memoryHost, type SourceHost } from '../language/sourceHost.ts';
import { hostileCases } from './hostileTexts.ts';
import type { ReadAnswer, ReadRequest } from './robustWatch.ts';

const hostile = hostileCases();
let known: { readonly root: string; readonly host: SourceHost } | null = null;

process.on('message', (request: ReadRequest) => process.send?.(read(request)));

function read({ root, path }: ReadRequest): ReadAnswer {
  const files = root === null ? (hostile[path] ?? {}) : {};
  const file = root === null ? (Object.keys(files)[0] ?? '') : path;
  const host = root === null ? memoryHost(files) : hostOf(root);
  const text = host.read(file) ?? '';
  const before = process.cpuUsage();
  let error: string | null = null;
  try {
    if (file.endsWith('.ipynb')) describeNotebook(host, { path: file, text }, defaultSettings, {});
    else describeFile(host, file, defaultSettings, {});
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  }
  const { user, system } = process.cpuUsage(before);
  const rssBytes = process.memoryUsage().rss;
  return { ms: (user + system) / 1000, rssBytes, error, kinds: kindsOf(file, text) };
}

function hostOf(root: string): SourceHost {
  if (known?.root !== root) known = { root, host: diskHost(root) };
  return known.host;
}

/** Which of the kinds that are hard to read the file is. */
function kindsOf(path: string, text: string): readonly string[] {
  const longest = text.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  const kinds: readonly (readonly [string, boolean])[] = [
    ['notebooks', path.endsWith('.ipynb')],
    ['Python 2 (print without brackets)', path.endsWith('.py') && /^\s*print\s+["'\w]/m.test(text)],
    ['tabs mixed with spaces', /^\t/m.test(text) && /^ +\S/m.test(text)],
    ['lines of more than 5,000 characters', longest > 5000],
    ['more than 500,000 characters', text.length > 500_000],
  ];
  return kinds.flatMap(([kind, is]) => (is ? [kind] : []));
}
