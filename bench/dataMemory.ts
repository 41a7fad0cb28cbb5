/**
 * `npm run bench:data -- [--count N] [--folder F]`: what a data set that is larger than the bound takes in memory. Makes
 * N colour images of 64×64 (once, in the folder), then runs the built command line on them: `slimwise data`, a short
 * run that decodes into the cache, one that finds the cache, and one that holds all images in memory. Peaks are the
 * kernel's own (VmHWM), so this needs Linux. Writes `bench/results/data-memory.json`; ends with 1 where the runs do not
 * train on the same numbers.
 */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { formatBytes } from '../core/format/numbers.ts';
import { rng } from '../engine/random/rng.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '60000' }, folder: { type: 'string' } } });
const count = Number(values.count);
const side = 64;
const repository = fileURLToPath(new URL('..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'slimwise-data-bench-'));
const folder = values.folder ?? join(project, 'images');

makeImages();
copyFileSync(join(repository, 'samples', 'dcgan', 'dcgan_pbgen.py'), join(project, 'dcgan_pbgen.py'));
const plan = {
  schema: 1,
  generator: { source: 'dcgan_pbgen.py', entry: 'Generator(width=2)', input: [1, 100] },
  discriminator: { source: 'dcgan_pbgen.py', entry: 'Discriminator(width=2)', input: [1, 3, side, side] },
  data: { images: folder, size: side, channels: 3 },
  train: { steps: 12, batch: 16, sampleEvery: 100, checkpointEvery: 100 },
  stages: [{ id: 'table', family: 'settings', settings: [{ name: 'A', layers: [] }], seeds: [1] }],
  evaluation: { nImages: 64 },
};
writeFileSync(join(project, 'slimwise.json'), JSON.stringify(plan));

const decodedBytes = count * side * side * 3;
const run = ['run', 'slimwise.json', '--new', '--json', '--threads', '1'];
const rows = [
  await measure('slimwise data', ['data', folder, '--most', '2000'], {}),
  await measure('run, decoding into the cache', run, {}),
  await measure('run, from the cache', run, {}),
  await measure('run, all in memory', run, {
    SLIMWISE_IMAGE_MEMORY_MIB: String(Math.ceil(decodedBytes / 2 ** 20) + 1),
  }),
];
const small = { ...plan, data: { ...plan.data, limit: 1000 } };
writeFileSync(join(project, 'slimwise.json'), JSON.stringify(small));
rows.push(await measure('run, 1,000 of the images', run, {}));

console.log(`${count.toLocaleString('en')} images, ${formatBytes(decodedBytes)} decoded`);
for (const { what, peakBytes, seconds } of rows) {
  console.log(`${what.padEnd(30)} ${formatBytes(peakBytes).padStart(10)}  ${seconds.toFixed(1).padStart(7)} s`);
}
const losses = readdirSync(join(project, '.slimwise', 'runs'))
  .sort()
  .map((id) => lossesOf(join(project, '.slimwise', 'runs', id, 'journal.jsonl')));
const same = losses.length === 4 && losses[0] === losses[1] && losses[1] === losses[2] && losses[0] !== losses[3];
console.log(same ? 'The three runs on all images have the same losses, digit for digit.' : 'The runs differ.');
rmSync(project, { recursive: true, force: true });

const results = new URL('./results/', import.meta.url);
mkdirSync(results, { recursive: true });
const machine = { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
const record = { date: new Date().toISOString(), machine, count, decodedBytes, same, rows };
writeFileSync(new URL('data-memory.json', results), `${JSON.stringify(record, null, 2)}\n`);
process.exit(same ? 0 : 1);

/** Soft shapes under grain: they pack about as badly as photographs. */
function makeImages(): void {
  if (existsSync(join(folder, `${count - 1}.png`))) return;
  mkdirSync(folder, { recursive: true });
  for (let image = 0; image < count; image++) {
    const stream = rng(1, image, 'bench image');
    const waves = Array.from({ length: 9 }, () => stream.uniform());
    const data = new Uint8Array(side * side * 3);
    for (let i = 0; i < data.length; i++) {
      const [channel, x, y] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
      const [a = 0, b = 0, c = 0] = waves.slice(channel * 3);
      const wave = Math.sin((x * a + y * b) / 6 + 6 * c);
      data[i] = 128 + 90 * wave + ((Math.imul(i + 1, 2654435761 + image) >>> 24) - 128) / 8;
    }
    writeFileSync(join(folder, `${image}.png`), encode({ width: side, height: side, channels: 3, data }));
  }
}

async function measure(what: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(repository, 'bin', 'slimwise.mjs'), ...args], {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
    peakBytes = Math.max(peakBytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
  }, 25);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${what} ended with ${String(code)}`);
  return { what, peakBytes, seconds: (performance.now() - began) / 1000 };
}

function lossesOf(journal: string): string {
  const events = readFileSync(journal, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return JSON.stringify(
    events.filter(({ type }) => type === 'step').map(({ step, lossD, lossG }) => [step, lossD, lossG]),
  );
}
