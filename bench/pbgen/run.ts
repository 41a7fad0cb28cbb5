/**
 * `npm run bench:pbgen -- [fashion] [faces]`: PBGen's settings on Fashion-MNIST at 32×32 with five seeds, and A,
 * B, E, F, G, H with one seed on 64×64 colour faces (not shipped; read from ../shared/data where it is). Stop it
 * at any moment: the same command goes on with the unfinished run. `--page` trains nothing and writes
 * `bench/results/pbgen.json` and `docs/reproduction.md` from the newest run of each, finished or not.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunRecord } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRunAll, type RunState } from '../../core/session/runState.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { main } from '../../engine/cli/cli.ts';
import { realDisk } from '../../engine/runs/diskPort.ts';
import { readJournal } from '../../engine/runs/journal.ts';
import { listRuns } from '../../engine/runs/readRecord.ts';
import { realProcesses } from '../../engine/runs/runLock.ts';
import { thisPlatform } from '../../engine/session/platform.ts';
import { reproductionPage, type Experiment } from './reproductionPage.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const experiments = {
  fashion: {
    name: 'Fashion-MNIST, 32×32',
    plan: 'samples/dcgan/pbgen-settings.json',
    network:
      "DCGAN of the document at a quarter of its width, from 2×2 maps: deconvolutions of DoR 124, 48, −32, −240, each a quarter of the document's 496, 192, −128, −960; 5×5 kernels; discriminator 16-32-64-128.",
  },
  faces: {
    name: '64×64 colour faces',
    plan: 'bench/pbgen/faces.json',
    network: "The document's DCGAN itself: 512-256-128-64, DoR 496, 192, −128, −960; 5×5 kernels.",
  },
} as const;
type Name = keyof typeof experiments;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    page: { type: 'boolean', default: false },
    threads: { type: 'string' },
    /** Where the runs of the Fashion-MNIST plan are, if not beside it. */
    runs: { type: 'string' },
  },
});
const chosen = positionals.length === 0 ? ['fashion', 'faces'] : positionals;

if (!options.page) {
  for (const name of chosen) {
    if (!isName(name)) throw new Error(`There is no experiment ${name}: ${Object.keys(experiments).join(', ')}.`);
    if (name === 'faces' && !existsSync(path.join(root, '../shared/data/lfwcrop64'))) {
      console.log('faces: left out, its images are not on this machine.');
      continue;
    }
    const threads = options.threads === undefined ? [] : ['--threads', options.threads];
    const code = await main(['run', path.join(root, experiments[name].plan), ...threads], {
      cwd: root,
      env: process.env,
      isTerminal: process.stdout.isTTY,
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
    if (code !== 0) process.exit(code);
  }
}

const measured = (Object.keys(experiments) as Name[]).map(measuredExperiment);
mkdirSync(path.join(root, 'bench/results'), { recursive: true });
const output = { date: new Date().toISOString(), machine: thisPlatform(), experiments: measured };
writeFileSync(path.join(root, 'bench/results/pbgen.json'), `${JSON.stringify(output, null, 2)}\n`);
writeFileSync(path.join(root, 'docs/reproduction.md'), reproductionPage(measured));
console.log('Written: bench/results/pbgen.json, docs/reproduction.md');

function measuredExperiment(name: Name): Experiment {
  const { plan, network } = experiments[name];
  const folder =
    name === 'fashion' && options.runs !== undefined
      ? path.resolve(options.runs)
      : path.join(path.dirname(path.join(root, plan)), '.slimwise/runs');
  const found = newest(folder, experiments[name].name);
  const { cpu, cores } = thisPlatform();
  return {
    name: experiments[name].name,
    command: `npm run bench:pbgen -- ${name}`,
    about: [network, ...(found === null ? [] : sizesOf(found.record))],
    finished: found?.state.status === 'finished',
    wanted: found?.state.variants.filter(({ info }) => info.kind === 'setting').length ?? 0,
    machine: `${cpu}, ${found?.record.threads ?? cores} thread(s), ${found?.record.backend ?? ''}`,
    date: found?.record.createdAt ?? '',
    seconds: (found?.state.workedMs ?? 0) / 1000,
    results: found?.state.settings ?? [],
  };
}

/** The newest run of an experiment below a folder. */
function newest(folder: string, name: string): { record: RunRecord; state: RunState } | null {
  const runs = listRuns(realDisk, realProcesses, folder);
  if (!runs.ok) throw new Error(`${name}: ${runs.problem.message}`);
  const states = runs.value.flatMap(({ folder: run, record }) => {
    const journal = readJournal(realDisk, path.join(run, runFiles.journal));
    if (!journal.ok) return [];
    const state = reduceRunAll(initialRunState, journal.value.events);
    return state.settings.length > 0 ? [{ record, state }] : [];
  });
  return states[0] ?? null;
}

function sizesOf({ plan, data, short }: RunRecord): readonly string[] {
  const { train, evaluation, stages } = plan as {
    train: {
      steps: number;
      batch: number;
      loss: string;
      generatorSteps: number;
      optimizer: { learningRate: number };
      ema?: number;
    };
    evaluation: { nImages: number };
    stages: readonly { seeds: readonly number[]; from: string; steps?: number }[];
  };
  const [stage] = stages;
  const nOwn = stage?.steps ?? train.steps;
  const steps =
    stage?.from === 'trained'
      ? `${train.steps} steps at full precision for each seed, then ${nOwn} more for each setting, full precision too,`
      : `${nOwn} steps from scratch for each setting and seed,`;
  const average = train.ema === undefined ? '' : `, samples and metrics from a moving average of G (${train.ema})`;
  return [
    `${steps} of ${train.batch} images, ${train.generatorSteps} updates of G per step, loss ${train.loss}, Adam ${train.optimizer.learningRate} (constant for the first half, then falling to 0)${average}; ${data.nImages.toLocaleString('en')} images; seeds ${stage?.seeds.join(', ') ?? ''}${short ? '; a short run' : ''}.`,
    `SWD over ${evaluation.nImages} generated and ${evaluation.nImages} real images, the same latents, patches and directions for every setting.`,
  ];
}

function isName(name: string): name is Name {
  return Object.hasOwn(experiments, name);
}
