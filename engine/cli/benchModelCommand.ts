/**
 * `slimwise bench-model <model.safetensors>`: how long an image takes on the bit kernels, with fp32 tables and
 * with int8 activations, and what the model takes on disk and in memory. Medians of many runs on this machine,
 * one thread; nothing is estimated.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failure, success, type Result } from '../../core/result.ts';
import { readPacked, type PackedModel } from '../formats/packedModel.ts';
import { openPackedGenerator, type PackedGenerator } from '../kernels/packedGenerator.ts';
import type { Precision } from '../kernels/tapLayer.ts';
import { latentValues } from '../train/latents.ts';
import { benchJson, benchLines, budgetVerdict } from './benchReport.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { deviceNamed } from './deviceNamed.ts';
import { runProbe } from './memoryProbe.ts';
import { measureModelMemory, thisCommandLine, type ModelMemory } from './modelMemory.ts';
import { badUsage, modelNotFound } from './problems.ts';

const usage = `Usage: slimwise bench-model <model.safetensors> [options]

  --batch N    images per run (default 1)
  --runs N     runs of each kind (default 50)
  --device ID  compare the packed file with a device's budget; exit code 1 where it does not fit
  --no-memory  leave out what is measured in fresh processes
  --json       print JSON`;

export interface Request {
  readonly model: string;
  readonly batch: number;
  readonly runs: number;
  readonly json: boolean;
  readonly memory: boolean;
  readonly device: string | null;
}

export interface Timing {
  readonly precision: Precision;
  readonly medianMs: number;
  readonly bestMs: number;
}

const maxBatch = 64;
const maxRuns = 10_000;
const nWarmUps = 5;

export const benchModelCommand: CliCommand = {
  summary: 'Times a packed generator and measures its memory.',
  usage,
  async run(args, io) {
    // A fresh process of ours, whose own memory is what is asked for.
    if (args[0] === '--probe') return runProbe(args.slice(1), io.out, (problem) => void fail(io, problem));
    const request = parseRequest(args, io.cwd);
    return request.ok ? benchModel(request.value, io) : fail(io, request.problem);
  },
};

async function benchModel(request: Request, io: CliIo): Promise<ExitCode> {
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const here = { path: request.model };
  const packed = readPacked(file);
  if (!packed.ok) return fail(io, { ...packed.problem, ...here });
  const opened = await openPackedGenerator(file);
  if (!opened.ok) return fail(io, { ...opened.problem, ...here });
  const device = request.device === null ? null : deviceNamed(request.device, io.cwd);
  if (device?.ok === false) return fail(io, device.problem);
  const timings = time(opened.value, request);
  const measured = request.memory ? await memoryOf(request.model, packed.value, file.length) : null;
  if (measured?.ok === false) return fail(io, measured.problem);
  const verdict = device === null ? null : budgetVerdict(device.value, file.length);
  const found = { generator: opened.value, request, timings, memory: measured?.value ?? null, verdict };
  if (request.json) io.out(`${JSON.stringify(benchJson(found, file.length), null, 2)}\n`);
  else io.out(`${benchLines(found, path.relative(io.cwd, request.model)).join('\n')}\n`);
  return verdict === null || verdict.fits ? 0 : 1;
}

/** The command line itself, asked to do nothing but read its memory. */
async function memoryOf(model: string, packed: PackedModel, fileBytes: number): Promise<Result<ModelMemory>> {
  return measureModelMemory({ runner: thisCommandLine(), model, packed, fileBytes });
}

/** The two kinds take turns, so that both see the same machine. */
function time(generator: PackedGenerator, { batch, runs }: Request): Timing[] {
  const shape = [1, generator.latentSize];
  const latents = latentValues({ distribution: 'normal', shape, count: batch, seed: 1, step: 0, purpose: 'bench' });
  const kinds: readonly Precision[] = generator.layers.some((layer) => layer.hasInt8) ? ['fp32', 'int8'] : ['fp32'];
  const times = new Map<Precision, number[]>(kinds.map((precision) => [precision, []]));
  for (let run = -nWarmUps; run < runs; run++) {
    for (const [precision, known] of times) {
      const began = performance.now();
      generator.generate(latents, { precision });
      if (run >= 0) known.push(performance.now() - began);
    }
  }
  return [...times].map(([precision, known]) => {
    const sorted = known.sort((a, b) => a - b);
    return { precision, medianMs: sorted[Math.floor(sorted.length / 2)] ?? NaN, bestMs: sorted[0] ?? NaN };
  });
}

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const wrong = (message: string): Result<Request> => failure(badUsage(message, 'bench-model'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        batch: { type: 'string', default: '1' },
        runs: { type: 'string', default: '50' },
        json: { type: 'boolean', default: false },
        device: { type: 'string' },
        'no-memory': { type: 'boolean', default: false },
      },
    });
    const [model, ...more] = positionals;
    if (model === undefined) return wrong('Say which model file to time.');
    if (more.length > 0) return wrong(`One model at a time: '${more[0] ?? ''}' is one too many.`);
    const [batch, runs] = [Number(values.batch), Number(values.runs)];
    if (!(Number.isInteger(batch) && 1 <= batch && batch <= maxBatch))
      return wrong(`--batch is a whole number from 1 to ${maxBatch}, not '${values.batch}'.`);
    if (!(Number.isInteger(runs) && 1 <= runs && runs <= maxRuns))
      return wrong(`--runs is a whole number from 1 to ${maxRuns}, not '${values.runs}'.`);
    return success({
      model: path.resolve(cwd, model),
      batch,
      runs,
      json: values.json,
      memory: !values['no-memory'],
      device: values.device ?? null,
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
