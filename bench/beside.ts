/**
 * `npm run bench:beside -- <folder of repositories>…`: the hints and findings of Slimwise beside those of other
 * language servers on the same real files. Python files meet basedpyright with all its inlay hints on (the kinds
 * that Pylance has: variable types, parameter names, return types), TypeScript and JavaScript files TypeScript's own
 * service. Prints, per peer, how many hints each has, how many stand at the same place, say the same, or stand
 * behind ours on a line, and how many findings cover the same place. Exit code 1 where a hint is doubled.
 * MAX_FILES (60), MAX_PER_REPO (6) and SERVER; PYTHON names an interpreter with the libraries of the files.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Diagnostic, InlayHint } from 'vscode-languageserver/node';
import { basedpyrightServer, basedpyrightVersion } from './fetchPyright.ts';
import { startServer, type TimedServer } from './timedServer.ts';
import { typescriptHints, typescriptVersion } from './typescriptHints.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = process.env['SERVER'] ?? join(root, 'dist', 'server.cjs');
const maxFiles = Number(process.env['MAX_FILES'] ?? 60);
const maxPerRepository = Number(process.env['MAX_PER_REPO'] ?? 6);

interface Tally {
  files: number;
  own: number;
  theirs: number;
  linesWithBoth: number;
  samePlace: number;
  sameText: number;
  behindOurs: number;
  ownFindings: number;
  theirFindings: number;
  sameFinding: number;
  readonly kinds: Map<string, number>;
}

if (!existsSync(server)) {
  console.error(`${relative(root, server)} is missing: run 'npm run build' first.`);
  process.exit(2);
}
const script = basedpyrightServer();
if (script === null) console.log('basedpyright cannot be had here: Python files are left out.');
const python = newTally();
const javascript = newTally();
const doubled: string[] = [];
const repositories = process.argv
  .slice(2)
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => statSync(path).isDirectory());
for (const repository of repositories) {
  if (python.files + javascript.files >= maxFiles) break;
  await compareRepository(repository);
}
report(`basedpyright ${basedpyrightVersion}`, python);
report(`TypeScript ${typescriptVersion}`, javascript);
for (const line of doubled) console.log(`doubled: ${line}`);
const record = { date: new Date().toISOString(), basedpyright: plain(python), typescript: plain(javascript), doubled };
mkdirSync(join(root, 'bench', 'results'), { recursive: true });
writeFileSync(join(root, 'bench', 'results', 'beside.json'), `${JSON.stringify(record, null, 2)}\n`);
if (doubled.length > 0) process.exitCode = 1;

async function compareRepository(repository: string): Promise<void> {
  const files = [...sources(repository)].slice(0, 40);
  if (files.length === 0) return;
  const rootUri = pathToFileURL(repository).href;
  const slimwise = await startServer({
    args: [server, '--stdio'],
    rootUri,
    initializationOptions: { settings: { analysis: { debounceMs: 0 } } },
  });
  let peer: TimedServer | null = null;
  try {
    let nHere = 0;
    for (const file of files) {
      if (nHere >= maxPerRepository) break;
      const text = readFileSync(file, 'utf8');
      const uri = pathToFileURL(file).href;
      await slimwise.open(uri, text);
      const own = await slimwise.hints(uri);
      if (own.length === 0) continue;
      if (!file.endsWith('.py')) {
        nHere++;
        tally(javascript, file, text, own, typescriptHints(file, text));
      } else if (script !== null) {
        nHere++;
        peer ??= await startPeer(script, rootUri);
        await peer.open(uri, text);
        const [theirs, ours] = [await peer.diagnostics(uri), await slimwise.diagnostics(uri)];
        tally(python, file, text, own, await peer.hints(uri));
        tallyFindings(python, ours, theirs);
      }
    }
  } finally {
    await slimwise.stop();
    await peer?.stop();
  }
}

function startPeer(path: string, rootUri: string): Promise<TimedServer> {
  const inlayHints = {
    variableTypes: true,
    callArgumentNames: true,
    callArgumentNamesMatching: true,
    functionReturnTypes: true,
    genericTypes: true,
  };
  const analysis = { inlayHints, typeCheckingMode: 'basic', diagnosticMode: 'openFilesOnly', autoSearchPaths: true };
  const pythonPath = process.env['PYTHON'];
  return startServer({
    args: [path, '--stdio'],
    rootUri,
    configuration: {
      basedpyright: { analysis },
      'basedpyright.analysis': analysis,
      python: pythonPath === undefined ? {} : { pythonPath, analysis },
    },
  });
}

/** Sources that build layers, small ones first: a repository is met by its models, not by its data loaders. */
function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !/^\.|node_modules/.test(entry.name)) yield* sources(path);
    if (!entry.isFile() || !/\.(py|ts|js)$/.test(entry.name) || statSync(path).size > 100_000) continue;
    if (/\b(nn\.(Conv|Linear)|Dense\(|Conv2D\(|tf\.layers|layers\.)/.test(readFileSync(path, 'utf8'))) yield path;
  }
}

function tally(to: Tally, file: string, text: string, own: readonly InlayHint[], theirs: readonly InlayHint[]): void {
  const lines = text.split(/\r?\n/);
  const ownByLine = new Map(own.map((hint) => [hint.position.line, hint]));
  to.files++;
  to.own += own.length;
  to.theirs += theirs.length;
  const shared = theirs.filter(({ position }) => ownByLine.has(position.line));
  to.linesWithBoth += new Set(shared.map(({ position }) => position.line)).size;
  for (const hint of theirs) {
    const kind = kindOf(labelOf(hint));
    to.kinds.set(kind, (to.kinds.get(kind) ?? 0) + 1);
    const mine = ownByLine.get(hint.position.line);
    if (mine === undefined) continue;
    const place = `${file}:${hint.position.line + 1} ${labelOf(mine)} | ${labelOf(hint)}`;
    const isSamePlace = mine.position.character === hint.position.character;
    const isSameText = withoutMarks(labelOf(mine)) === withoutMarks(labelOf(hint));
    if (isSamePlace) to.samePlace++;
    if (isSameText) to.sameText++;
    if (hint.position.character > mine.position.character) to.behindOurs++;
    if (isSamePlace || isSameText) doubled.push(place);
  }
  for (const { position } of own) {
    if (position.character !== lines[position.line]?.length)
      doubled.push(`${file}:${position.line + 1} not at its end`);
  }
}

function tallyFindings(to: Tally, own: readonly Diagnostic[], theirs: readonly Diagnostic[]): void {
  to.ownFindings += own.length;
  to.theirFindings += theirs.length;
  const places = new Set(theirs.map(({ range: { start } }) => `${start.line}:${start.character}`));
  to.sameFinding += own.filter(({ range: { start } }) => places.has(`${start.line}:${start.character}`)).length;
}

function labelOf({ label }: InlayHint): string {
  return typeof label === 'string' ? label : label.map(({ value }) => value).join('');
}

/** What a hint says, whatever it is led in by. */
function withoutMarks(label: string): string {
  return label.replace(/^[\s→:>=-]+|[\s=:]+$/g, '');
}

function kindOf(label: string): string {
  if (/^\s*->|^\s*→/.test(label)) return 'return type';
  if (/^\s*:/.test(label)) return 'type';
  return /[=:]\s*$/.test(label) ? 'parameter name' : 'other';
}

function newTally(): Tally {
  return {
    files: 0,
    own: 0,
    theirs: 0,
    linesWithBoth: 0,
    samePlace: 0,
    sameText: 0,
    behindOurs: 0,
    ownFindings: 0,
    theirFindings: 0,
    sameFinding: 0,
    kinds: new Map(),
  };
}

function plain({ kinds, ...counts }: Tally): unknown {
  return { ...counts, kinds: Object.fromEntries(kinds) };
}

function report(name: string, found: Tally): void {
  const kinds = [...found.kinds].map(([kind, count]) => `${count} ${kind}s`).join(', ');
  console.log(`${name}: ${found.files} files, ${found.own} hints of ours, ${found.theirs} of theirs (${kinds})`);
  console.log(
    `  ${found.linesWithBoth} lines with both: ${found.samePlace} at the same place, ${found.sameText} with the same text, ` +
      `${found.behindOurs} of theirs behind ours`,
  );
  if (found.theirFindings > 0)
    console.log(
      `  findings: ${found.ownFindings} of ours, ${found.theirFindings} of theirs, ${found.sameFinding} start at the same place`,
    );
}
