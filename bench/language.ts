/**
 * `npm run bench:language`: the language server as an editor meets it, in its own process over its real
 * protocol. `edit` is the time from a changed character in a file of about 1,000 lines to the new hints;
 * `cold` from starting the process to the first hints of the sample, with the code that V8 kept of an earlier
 * start, and `first` without; memory is the server's after all edits. Pyright answers the same edits, turn by turn in the same run, where it can be had; it has no hints,
 * so hover and diagnostics are compared. Activation of the extension is measured in a real editor, by the
 * end-to-end tests, not here. Files and folders that are named are edited too, as people edit
 * (languageFiles.ts). Prints a table, writes bench/results/language.json.
 * EDITS, COLD and PEER_EDITS set how often; SERVER names another build of the server.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pyrightServer, pyrightVersion } from './fetchPyright.ts';
import { benchFiles } from './languageFiles.ts';
import { longModelFile } from './longModelFile.ts';
import { percentile } from './percentile.ts';
import { startServer, type Edit, type TimedServer } from './timedServer.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = process.env['SERVER'] ?? join(root, 'dist', 'server.cjs');
const nEdits = Number(process.env['EDITS'] ?? 200);
const nColdStarts = Number(process.env['COLD'] ?? 7);
const nPeerEdits = Number(process.env['PEER_EDITS'] ?? 20);
const nWarmUpEdits = 20;

if (!existsSync(server)) {
  console.error("dist/server.cjs is missing: run 'npm run build' first.");
  process.exit(2);
}

const folder = join(root, 'samples', 'dcgan');
const codeCache = mkdtempSync(join(tmpdir(), 'slimwise-bench-'));
process.once('exit', () => rmSync(codeCache, { recursive: true, force: true }));
/** As the extension starts it. */
const serverArgs = ['--max-semi-space-size=16', server, '--stdio', `--code-cache=${codeCache}`];
const start = (args = serverArgs): Promise<TimedServer> =>
  startServer({
    args,
    rootUri: pathToFileURL(folder).href,
    initializationOptions: { settings: { analysis: { debounceMs: 0 } } },
  });

const sample = readFileSync(join(folder, 'dcgan_torch.py'), 'utf8');
const sampleUri = pathToFileURL(join(folder, 'dcgan_torch.py')).href;
const timeCold = async (args: readonly string[]): Promise<number> => {
  const startedAt = performance.now();
  const cold = await start([...args]);
  await cold.open(sampleUri, sample);
  await cold.nHints(sampleUri);
  const tookMs = performance.now() - startedAt;
  await cold.stop();
  return tookMs;
};
await timeCold(serverArgs);
const [coldMs, firstMs]: [number[], number[]] = [[], []];
for (let idx = 0; idx < nColdStarts; idx++) {
  coldMs.push(await timeCold(serverArgs));
  firstMs.push(await timeCold([...serverArgs.slice(0, -1), '--code-cache=']));
}

const uri = pathToFileURL(join(root, 'samples', 'long_model.py')).href;
const text = longModelFile();
const edits = editsOf(text);
const editAt = (idx: number): Edit => edits[idx % edits.length] as Edit;
const slimwise = await start();
await slimwise.open(uri, text);
const nHints = await slimwise.nHints(uri);
for (let idx = 0; idx < nWarmUpEdits; idx++) await slimwise.timeHints(uri, editAt(idx));
const cpuBefore = slimwise.cpuMs();
const editMs: number[] = [];
for (let idx = 0; idx < nEdits; idx++) editMs.push(await slimwise.timeHints(uri, editAt(nWarmUpEdits + idx)));
const cpuAfter = slimwise.cpuMs();
const rss = slimwise.rssBytes();
const peer = nPeerEdits === 0 ? null : await comparePyright(slimwise);
await slimwise.stop();
const realFiles = process.argv.length > 2 ? await benchFiles(process.argv.slice(2), serverArgs) : null;

const result = {
  date: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
  /** Of the last one, five and fifteen minutes: other work on the machine makes wall times longer. */
  loadAverage: loadavg(),
  lines: text.split('\n').length,
  hints: nHints,
  edits: editMs.length,
  editP50Ms: percentile(editMs, 0.5),
  editP95Ms: percentile(editMs, 0.95),
  /** Processor time per edit: what is left when the machine is busy with something else. */
  editCpuMs: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / editMs.length,
  coldMs: percentile(coldMs, 0.5),
  /** The first start after an install: V8 has kept nothing yet. */
  firstMs: percentile(firstMs, 0.5),
  serverRssBytes: rss,
  activationMs: null,
  peer,
  /** Of files that were named on the command line. */
  realFiles,
};
console.log(`file of ${result.lines} lines, ${nHints} lines with hints, ${editMs.length} edits`);
console.log(`edit to hints   p50 ${result.editP50Ms.toFixed(1)} ms   p95 ${result.editP95Ms.toFixed(1)} ms`);
if (result.editCpuMs !== null) console.log(`processor time per edit   ${result.editCpuMs.toFixed(1)} ms`);
console.log(`cold start to first hints (median of ${nColdStarts})   ${result.coldMs.toFixed(0)} ms`);
console.log(`the same before V8 has kept any code   ${result.firstMs.toFixed(0)} ms`);
console.log(`server memory   ${mebibytes(rss)}`);
if (peer === null) console.log('Pyright: not there');
else {
  console.log(`${peer.name} ${peer.version}, the same ${peer.edits} edits, interleaved (ratio: Slimwise / Pyright)`);
  for (const what of ['hover', 'diagnostics'] as const) {
    const { slimwiseP50Ms, peerP50Ms, ratio } = peer[what];
    const times = `${slimwiseP50Ms.toFixed(1)} ms, ${peerP50Ms.toFixed(1)} ms`;
    console.log(`edit to ${what}   ${times}   ratio ${ratio.toFixed(2)}`);
  }
  console.log(`memory   ${mebibytes(peer.slimwiseRssBytes)}, ${mebibytes(peer.rssBytes)}`);
}
console.log(
  `load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
mkdirSync(join(root, 'bench', 'results'), { recursive: true });
writeFileSync(join(root, 'bench', 'results', 'language.json'), `${JSON.stringify(result, null, 2)}\n`);

async function comparePyright(own: TimedServer) {
  const script = pyrightServer();
  if (script === null) return null;
  const other = await startServer({ args: [script, '--stdio'], rootUri: pathToFileURL(folder).href });
  await other.open(uri, text);
  const servers = [own, other] as const;
  for (let idx = 0; idx < 3; idx++) for (const each of servers) await each.timeDiagnostics(uri, editAt(idx));
  const hover: number[][] = [[], []];
  const diagnostics: number[][] = [[], []];
  for (let idx = 0; idx < nPeerEdits; idx++) {
    for (const [of, each] of servers.entries()) hover[of]?.push(await each.timeHover(uri, editAt(3 + 2 * idx)));
    for (const [of, each] of servers.entries())
      diagnostics[of]?.push(await each.timeDiagnostics(uri, editAt(4 + 2 * idx)));
  }
  const memory = { slimwiseRssBytes: own.rssBytes(), rssBytes: other.rssBytes() };
  await other.stop();
  return {
    name: 'Pyright',
    version: pyrightVersion,
    edits: 2 * nPeerEdits,
    hover: compared(hover),
    /** Each server's own waiting before it looks is part of it; Slimwise is told not to wait. */
    diagnostics: compared(diagnostics),
    ...memory,
  };
}

function compared([own = [], other = []]: readonly (readonly number[])[]) {
  const slimwiseP50Ms = percentile(own, 0.5);
  const peerP50Ms = percentile(other, 0.5);
  return { slimwiseP50Ms, peerP50Ms, ratio: slimwiseP50Ms / peerP50Ms };
}

/** Digits to be typed over numbers all over the file, one character each. */
function editsOf(text: string): readonly Edit[] {
  const lines = text.split('\n');
  const editable = lines.flatMap((line, lineIdx) =>
    /\b(width|Conv2d|Linear|range)\b.*\d/.test(line) ? [lineIdx] : [],
  );
  return Array.from({ length: 3 * editable.length }, (_unused, idx): Edit => {
    const line = editable[(idx * 37) % editable.length] ?? 0;
    const character = (lines[line] ?? '').search(/\d/);
    const range = { start: { line, character }, end: { line, character: character + 1 } };
    return { range, text: String(1 + (idx % 9)) };
  });
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? 'not known on this system' : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
