/**
 * `npm run bench:language`: the language server as an editor meets it, in its own process over its real
 * protocol. `edit` is the time from a changed character in a file of about 1,000 lines to the new hints;
 * `cold` from starting the process to the first hints of the sample; memory is the server's after all
 * edits. Activation of the extension is measured in a real editor, by the end-to-end tests, not here.
 * Prints a table, writes bench/results/language.json.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { connectTwin, type EditorTwin } from '../language/server/editorTwin.ts';
import { longModelFile } from './longModelFile.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = join(root, 'dist', 'server.mjs');
const nEdits = Number(process.env['EDITS'] ?? 200);
const nColdStarts = Number(process.env['COLD'] ?? 7);

if (!existsSync(server)) {
  console.error("dist/server.mjs is missing: run 'npm run build' first.");
  process.exit(2);
}

/** Each round of edits goes on with higher versions. */
let versions = 1;

const sample = readFileSync(join(root, 'samples', 'dcgan', 'dcgan_torch.py'), 'utf8');
const coldMs: number[] = [];
for (let start = 0; start < nColdStarts; start++) {
  const startedAt = performance.now();
  const { editor, stop } = await startServer();
  const uri = pathToFileURL(join(root, 'samples', 'dcgan', 'dcgan_torch.py')).href;
  await firstHints(editor, uri, sample);
  coldMs.push(performance.now() - startedAt);
  await stop();
}

const { editor, child, stop } = await startServer();
const uri = pathToFileURL(join(root, 'samples', 'long_model.py')).href;
const text = longModelFile();
const nHints = await firstHints(editor, uri, text);
await timeEdits(editor, uri, text, 20);
const cpuBefore = cpuMs(child);
const editMs = await timeEdits(editor, uri, text, nEdits);
const cpuAfter = cpuMs(child);
const rss = rssBytes(child);
await stop();

const result = {
  date: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
  lines: text.split('\n').length,
  hints: nHints,
  edits: editMs.length,
  editP50Ms: percentile(editMs, 0.5),
  editP95Ms: percentile(editMs, 0.95),
  /** Processor time per edit: what is left when the machine is busy with something else. */
  editCpuMs: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / editMs.length,
  coldMs: percentile(coldMs, 0.5),
  serverRssBytes: rss,
  activationMs: null,
};
console.log(`file of ${result.lines} lines, ${nHints} lines with hints, ${editMs.length} edits`);
console.log(`edit to hints   p50 ${result.editP50Ms.toFixed(1)} ms   p95 ${result.editP95Ms.toFixed(1)} ms`);
if (result.editCpuMs !== null) console.log(`processor time per edit   ${result.editCpuMs.toFixed(1)} ms`);
console.log(`cold start to first hints (median of ${nColdStarts})   ${result.coldMs.toFixed(0)} ms`);
console.log(`server memory   ${rss === null ? 'not known on this system' : `${(rss / 2 ** 20).toFixed(0)} MiB`}`);
mkdirSync(join(root, 'bench', 'results'), { recursive: true });
writeFileSync(join(root, 'bench', 'results', 'language.json'), `${JSON.stringify(result, null, 2)}\n`);

interface Started {
  readonly editor: EditorTwin;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

async function startServer(): Promise<Started> {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const editor = await connectTwin(connection, {
    root: pathToFileURL(join(root, 'samples', 'dcgan')).href,
    initializationOptions: { settings: { analysis: { debounceMs: 0 } } },
  });
  return {
    editor,
    child,
    async stop() {
      await editor.close();
      child.kill();
    },
  };
}

async function firstHints(editor: EditorTwin, uri: string, text: string): Promise<number> {
  await editor.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'python', version: 1, text },
  });
  return (await editor.hints(uri)).length;
}

/** Types digits into numbers all over the file, one character at a time, and waits for the hints of each. */
async function timeEdits(editor: EditorTwin, uri: string, text: string, nEdits: number): Promise<readonly number[]> {
  const lines = text.split('\n');
  const editable = lines.flatMap((line, lineIdx) =>
    /\b(width|Conv2d|Linear|range)\b.*\d/.test(line) ? [lineIdx] : [],
  );
  const times: number[] = [];
  let version = versions++ * 1_000_000;
  for (let edit = 0; edit < nEdits; edit++) {
    const line = editable[(edit * 37) % editable.length] ?? 0;
    const character = (lines[line] ?? '').search(/\d/);
    const start = { line, character };
    const startedAt = performance.now();
    await editor.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start, end: { line, character: character + 1 } }, text: String(1 + (edit % 9)) }],
    });
    await editor.hints(uri);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** User and system time so far, in ticks of 10 ms on Linux; null elsewhere. */
function cpuMs({ pid }: ChildProcess): number | null {
  try {
    const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return null;
  }
}

function rssBytes({ pid }: ChildProcess): number | null {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    const kibibytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null; // Only Linux tells this way.
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
