/**
 * The import of a wrapper into a source: added to the import of `slimwise_layers` that is there, or a line of its
 * own after the last import. Python packages that import their neighbours relatively get a relative import.
 * TypeScript's endings (`'./x.js'`, `'./x'`) follow the file's other imports.
 */
import { moduleName } from '../frameworks/slimwise/wrappers.ts';
import type { SourceModule } from '../syntax/ast.ts';
import type { FromImportStatement, Statement } from '../syntax/statement.ts';
import type { SourceHost } from '../sourceHost.ts';
import type { TextEdit } from './textEdit.ts';

export interface ImportedWrapper {
  /** What the source calls it. */
  readonly name: string;
  readonly edits: readonly TextEdit[];
}

export interface ImportPlace {
  readonly host: SourceHost;
  readonly file: string;
  readonly text: string;
  readonly module: SourceModule;
}

/** How the source calls `wrapper`, with the edits that make it so; a string says why it cannot be imported. */
export function importWrapper(place: ImportPlace, wrapper: string): ImportedWrapper | string {
  const { module, text, file } = place;
  const own = slimwiseImport(module);
  if (own !== null) {
    const known = own.names.find(({ name }) => name === wrapper);
    if (known !== undefined) return { name: known.alias ?? known.name, edits: [] };
    const name = isTaken(text, wrapper, own) ? `slimwise_${wrapper}` : wrapper;
    const last = text.slice(own.start, own.end);
    const end = own.start + endOfNames(last, module.language);
    const written = name === wrapper ? wrapper : `${wrapper} as ${name}`;
    return { name, edits: [{ file, start: end, end, text: `, ${written}` }] };
  }
  const name = isTaken(text, wrapper, null) ? `slimwise_${wrapper}` : wrapper;
  const written = name === wrapper ? wrapper : `${wrapper} as ${name}`;
  const line = module.language === 'python' ? pythonImport(place, written) : javascriptImport(place, written);
  if (line === null)
    return 'the file is a script of a page and no module, so it cannot import slimwise_layers: add type="module" and an import or export';
  const at = importPosition(module, text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const isAtEnd = at > 0 && !/[\r\n]$/.test(text.slice(0, at));
  return {
    name,
    edits: [{ file, start: at, end: at, text: isAtEnd ? `${newline}${line}` : `${line}${newline}` }],
  };
}

function slimwiseImport(module: SourceModule): FromImportStatement | null {
  const found = module.body.find(
    (statement): statement is FromImportStatement =>
      statement.kind === 'fromImport' && isSlimwise(statement.path) && statement.namespace === null && !statement.star,
  );
  return found ?? null;
}

function isSlimwise(path: string): boolean {
  return (
    (path
      .split(/[./]/)
      .filter((part) => !/^[cm]?[jt]s$/.test(part))
      .pop() ?? '') === moduleName
  );
}

/** Where the list of names ends: before `)` in Python's brackets, before `}` in TypeScript. */
function endOfNames(statement: string, language: SourceModule['language']): number {
  const close = language === 'python' ? statement.lastIndexOf(')') : statement.lastIndexOf('}');
  if (close < 0) return statement.trimEnd().length;
  return statement.slice(0, close).replace(/[\s,]+$/, '').length;
}

/** The word stands in the source already, as something else. */
function isTaken(text: string, word: string, own: FromImportStatement | null): boolean {
  const rest = own === null ? text : text.slice(0, own.start) + text.slice(own.end);
  return new RegExp(`(?<![\\w.])${word}\\b(?!\\s*=[^=])`).test(rest);
}

function pythonImport({ host, file, module }: ImportPlace, names: string): string {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const isRelative =
    module.body.some((statement) => statement.kind === 'fromImport' && statement.path.startsWith('.')) ||
    (host.list(folder).includes('__init__.py') && !/\b__main__\b/.test(host.read(file) ?? ''));
  return `from ${isRelative ? '.' : ''}${moduleName} import ${names}`;
}

/** An ES module that takes `tf` from the page: it imports nothing that could be TensorFlow.js, and names no `tf`. */
export function usesGlobalTf({ module, text, file }: Pick<ImportPlace, 'module' | 'text' | 'file'>): boolean {
  const declares = /\b(?:const|let|var|class|function)\s+tf\b|\{[^{}]*\btf\b[^{}]*\}\s*=/.test(text);
  const takes = /(?<!\b(?:if|while|switch)\s*)\([^()]*\btf\b[^()]*\)\s*(?:=>|\{)/.test(text);
  return (
    /\.m?js$/.test(file) &&
    module.body.some(({ kind }) => kind === 'export' || kind === 'fromImport') &&
    !module.body.some((statement) => statement.kind === 'fromImport' && /tensorflow|tfjs/.test(statement.path)) &&
    !module.body.some((statement) => statement.kind === 'fromImport' && bindsTf(statement)) &&
    !declares &&
    !takes
  );
}

function bindsTf({ names, namespace }: FromImportStatement): boolean {
  return namespace === 'tf' || names.some(({ name, alias }) => (alias ?? name) === 'tf');
}

/** null: a script of a page, which cannot import. */
function javascriptImport(place: ImportPlace, names: string): string | null {
  const { module, text } = place;
  const imports = module.body.filter((statement) => statement.kind === 'fromImport');
  const semicolon = /^\s*(import|const)\b.*;\s*$/m.test(text) || !/^\s*import\b/m.test(text) ? ';' : '';
  const quote = /from\s+"/.test(text) ? '"' : "'";
  // A page finds a module by its file's whole name.
  const isInPage = usesGlobalTf(place);
  if (imports.length > 0 || isInPage) {
    const relative = imports.find(({ path }) => path.startsWith('.'))?.path ?? '';
    const ending = isInPage ? '.js' : (/\.(js|ts|mjs)$/.exec(relative)?.[0] ?? '');
    return `import { ${names} } from ${quote}./${moduleName}${ending}${quote}${semicolon}`;
  }
  if (/require\(\s*['"]@tensorflow/.test(text)) {
    const bound = names.replace(' as ', ': ');
    return `const { ${bound} } = require(${quote}./${moduleName}${quote})${semicolon}`;
  }
  return null;
}

/** After the last import of the top level; before the first statement where there is none. */
function importPosition(module: SourceModule, text: string): number {
  const isImport = (statement: Statement): boolean =>
    statement.kind === 'import' ||
    statement.kind === 'fromImport' ||
    (statement.kind === 'assign' && /require\(/.test(text.slice(statement.start, statement.end)));
  const last = module.body.filter(isImport).pop();
  if (last === undefined) return lineStart(text, module.body[0]?.start ?? 0);
  return nextLine(text, last.end);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
}

function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}
