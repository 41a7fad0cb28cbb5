/**
 * `slimwise run <slimwise.json>`: a whole session in this process, with a progress line, the decision table
 * and the paths of what came out. Ctrl-C saves and stops; the same run goes on with `--resume`. Exit code 1
 * means that the run ended without a result or that the packed model is over the plan's budget.
 */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { formatProblem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { BackendName, StartArgs } from '../../core/session/engineProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { initialRunState, reduceRun } from '../../core/session/runState.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { realDisk } from '../runs/diskPort.ts';
import { findUnfinished } from '../runs/findUnfinished.ts';
import { realProcesses } from '../runs/runLock.ts';
import { realPorts } from '../runs/runStore.ts';
import { forkTrainer } from '../session/forkTrainer.ts';
import { bytesFree, thisPlatform } from '../session/platform.ts';
import { readPlan } from '../session/readPlan.ts';
import { runSession } from '../session/runSession.ts';
import { createSessionControl } from '../session/sessionControl.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { badUsage } from './problems.ts';
import { createRunProgress } from './runProgress.ts';
import { renderRunResult } from './renderRunResult.ts';

const usage = `Usage: slimwise run <slimwise.json> [options]
       slimwise run --resume <run folder>

  --short            fewer steps and images; the report says so
  --backend NAME     auto (default), onnxruntime, tensorflow, wasm or cpu
  --threads N        threads of the backend (default: one per core)
  --processes N      single layers that train at once, each with its share of the
                     threads (default: as many as cores and memory allow; 1: none)
  --resume FOLDER    go on with an interrupted or cancelled run
  --new              begin anew where an experiment would go on with its unfinished run
  --json             print the run's events, one JSON object per line

Ctrl-C saves and stops; a second one stops at once.
Exit codes: 0 finished, 1 not finished or over the plan's budget, 2 wrong usage or a problem.`;

interface Request {
  readonly start: StartArgs;
  readonly json: boolean;
  readonly anew: boolean;
}

export const runCommand: CliCommand = {
  summary: 'Trains, decides by Algorithm 1, and packs the generator of a plan.',
  usage,
  async run(args, io) {
    const request = parseRequest(args, io.cwd);
    return request.ok ? run(request.value, io) : fail(io, request.problem);
  },
};

async function run({ start: asked, json, anew }: Request, io: CliIo): Promise<ExitCode> {
  const going = anew ? success(asked) : await continuedExperiment(asked, io);
  if (!going.ok) return fail(io, going.problem);
  const start = going.value;
  const control = createSessionControl();
  const progress = createRunProgress(io, process.stdout.columns);
  let state = initialRunState;
  let folder = start.runFolder ?? '';
  const reading = createCountProgress(io, 'Reading images');
  let interruptedAt: number | null = null;
  const interrupt = (): void => {
    const now = performance.now();
    if (interruptedAt !== null && now - interruptedAt < sameSignalMs) return;
    if (interruptedAt !== null) process.exit(1);
    interruptedAt = now;
    control.cancel();
    reading.end();
    const doing = folder === '' ? 'stopping' : 'saving the run';
    io.err(`${io.isTerminal ? '\n' : ''}slimwise: ${doing}… (Ctrl-C again stops at once)\n`);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const result = await runSession({
    args: start,
    store: realPorts((problem) => io.err(`slimwise: ${formatProblem(problem)}\n`)),
    platform: thisPlatform(),
    control,
    trainers: { start: forkTrainer, bytesFree },
    onImages: reading.show,
    onStarted: ({ runFolder }) => {
      reading.end();
      folder = runFolder;
      if (!json) io.out(`Run ${path.relative(io.cwd, runFolder)}\nMeasuring what a step costs…\n`);
    },
    onEvent: (event: RunEvent) => {
      state = reduceRun(state, event);
      if (json) io.out(`${JSON.stringify(event)}\n`);
      else progress.show(event, state);
    },
    onBug: (error) => io.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
  });
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  if (!json) progress.end();
  reading.end();
  if (!result.ok && result.problem.code === 'SWP_IMAGES_CANCELLED') {
    io.err('slimwise: stopped while the images were being read; nothing was changed.\n');
    return 1;
  }
  if (!result.ok) return fail(io, result.problem);
  const shown = path.relative(io.cwd, folder);
  if (result.value.status === 'cancelled') {
    io.err(`slimwise: stopped; everything is saved. Go on with: slimwise run --resume ${shown}\n`);
    return 1;
  }
  if (!json) {
    io.out(renderRunResult(state, result.value.summary));
    io.out(
      `\nReport  ${path.join(shown, runFiles.report)}\nModel   ${path.join(shown, runFiles.model)}\nGrid    ${path.join(shown, runFiles.grid)}\n`,
    );
  }
  const { memory } = state;
  const over = memory?.device === 'budget of the plan' && result.value.summary.fileBytesAfter > memory.budgetBytes;
  if (over) io.err(`slimwise: the packed model is over the plan's budget of ${memory.budgetBytes} bytes.\n`);
  return over ? 1 : 0;
}

/** An experiment takes hours: given again, its command goes on with the run that it left unfinished. */
async function continuedExperiment(start: StartArgs, io: CliIo): Promise<Result<StartArgs>> {
  if (start.runFolder !== null) return success(start);
  const read = await readPlan(start.planPath);
  // What is wrong with a plan is said where it is run.
  if (!read.ok || !read.value.plan.stages.some(({ family }) => family === 'settings')) return success(start);
  const { plan, planPath } = read.value;
  const runsFolder = path.join(path.dirname(planPath), '.slimwise', 'runs');
  const found = findUnfinished(realDisk, realProcesses, runsFolder, { plan, short: start.short });
  if (!found.ok || found.value === null) return found.ok ? success(start) : found;
  const { folder, record } = found.value;
  io.err(`slimwise: going on with ${path.relative(io.cwd, folder)}; --new begins anew.\n`);
  return success({ ...start, runFolder: folder, backend: record.backend as BackendName, threads: record.threads });
}

/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const sameSignalMs = 1_000;

const backends: readonly string[] = ['auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'];

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const wrong = (message: string): Result<Request> => failure(badUsage(message, 'run'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        backend: { type: 'string', default: 'auto' },
        threads: { type: 'string' },
        processes: { type: 'string' },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
        new: { type: 'boolean', default: false },
      },
    });
    const [plan, ...more] = positionals;
    if (more.length > 0) return wrong(`One plan at a time: '${more[0] ?? ''}' is one too many.`);
    if (plan === undefined && values.resume === undefined) return wrong('Say which plan to run.');
    if (plan !== undefined && values.resume !== undefined) return wrong('A run that goes on has its plan already.');
    if (!backends.includes(values.backend)) {
      return wrong(`--backend is one of ${backends.join(', ')}, not '${values.backend}'.`);
    }
    // The editor leaves itself a core; a command line has the machine. A run that goes on keeps its own number.
    const unasked = values.resume === undefined ? os.availableParallelism() : null;
    const threads = values.threads === undefined ? unasked : Number(values.threads);
    if (threads !== null && !(Number.isInteger(threads) && threads >= 1)) {
      return wrong(`--threads is a whole number from 1, not '${values.threads}'.`);
    }
    const processes = values.processes === undefined ? null : Number(values.processes);
    if (processes !== null && !(Number.isInteger(processes) && processes >= 1)) {
      return wrong(`--processes is a whole number from 1, not '${values.processes}'.`);
    }
    return success({
      start: {
        planPath: plan === undefined ? '' : path.resolve(cwd, plan),
        runFolder: values.resume === undefined ? null : path.resolve(cwd, values.resume),
        backend: values.backend as BackendName | 'auto',
        threads,
        processes,
        short: values.short,
      },
      json: values.json,
      anew: values.new,
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
