/**
 * `slimwise pack <weights> --source generator.py`: weights trained in the user's own pipeline come home, as safetensors
 * or as the `model.json` that TensorFlow.js saves.
 * The source says which layers have few bits (`binarize(nn.ConvTranspose2d(…))`); the packed file is read back before
 * it counts as written, and the report says what each layer takes now.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes, formatRatio } from '../../core/format/numbers.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { packTrained, type PackedTrained, type TrainedWeights } from '../compress/packTrained.ts';
import { readPacked } from '../formats/packedModel.ts';
import { readSafetensors } from '../formats/safetensors.ts';
import { readTfjsWeights } from '../formats/tfjsWeights.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { analyzeOptions, openSource, type SourceRequest } from './openSource.ts';
import { badUsage, exportNotWritable, modelNotFound } from './problems.ts';
import { renderTable } from './renderTable.ts';
import { writeOutput } from './writeOutput.ts';

const usage = `Usage: slimwise pack <weights.safetensors | model.json> --source <source> --out <model.safetensors> [options]

  The weights are a state dictionary, as save_weights of slimwise_layers writes it, any safetensors with the weights
  of a Keras model, or what model.save of TensorFlow.js writes. The source declares which layers have few bits.

  --model NAME           which model of the source
  --entry "G(100)"       build this model, as written in the source
  --input 1,100,1,1      input shape with batch 1
  --prefix generator.    what stands before the names in the file
  --json                 print JSON

Exit codes: 0 packed, 2 wrong usage or nothing readable.`;

interface PackRequest extends SourceRequest {
  readonly weights: string;
  readonly out: string;
  readonly prefix: string;
  readonly json: boolean;
}

export const packCommand: CliCommand = {
  summary: 'Packs weights that were trained in your own pipeline.',
  usage,
  async run(args, io) {
    const request = parseRequest(args);
    return request.ok ? pack(request.value, io) : fail(io, request.problem);
  },
};

async function pack(request: PackRequest, io: CliIo): Promise<ExitCode> {
  const opened = openSource(request, io.cwd);
  if (!opened.ok) return fail(io, opened.problem);
  const weights = await readFile(resolve(io.cwd, request.weights)).catch(() => null);
  if (weights === null) return fail(io, modelNotFound(request.weights));
  const backend = await selectBackend({ backend: 'cpu', threads: null });
  if (!backend.ok) return fail(io, backend.problem);
  const { graph, host, file } = opened.value;
  const hash = createHash('sha256')
    .update(host.read(file) ?? '')
    .digest('hex');
  const trained = trainedWeights(weights, resolve(io.cwd, request.weights));
  if (!trained.ok) return fail(io, { ...trained.problem, path: request.weights });
  const packed = packTrained({ graph, file: trained.value, sources: { [file]: hash }, prefix: request.prefix });
  if (!packed.ok) return fail(io, { ...packed.problem, path: packed.problem.path ?? request.weights });
  const out = resolve(io.cwd, request.out);
  try {
    writeOutput(out, packed.value.file);
  } catch (error) {
    return fail(io, exportNotWritable(request.out, error instanceof Error ? error.message : String(error)));
  }
  const back = readPacked(await readFile(out));
  if (!back.ok) return fail(io, { ...back.problem, path: request.out });
  io.out(rendered(packed.value, graph.name, request));
  return 0;
}

const matchTexts = {
  number: 'The file numbers its layers otherwise than the source: layers of one kind were taken by their numbers.',
  order: 'The file names its layers otherwise than the source: they were taken in the order of the model.',
} as const;

/** TensorFlow.js keeps the order of its layers; safetensors are sorted by name. */
function trainedWeights(weights: Uint8Array, path: string): Result<TrainedWeights> {
  if (!path.endsWith('.json')) {
    const read = readSafetensors(weights);
    return read.ok ? success({ tensors: read.value.tensors, keepsOrder: false }) : read;
  }
  const tensors = readTfjsWeights(new TextDecoder().decode(weights), (name) => {
    const shard = join(dirname(path), name);
    return existsSync(shard) ? readFileSync(shard) : null;
  });
  return tensors.ok ? success({ tensors: tensors.value, keepsOrder: true }) : tensors;
}

function rendered(
  { layers, file, fp32Bytes, unused, matchedBy }: PackedTrained,
  model: string,
  { out, json }: PackRequest,
): string {
  if (json)
    return `${JSON.stringify({ version: 1, model, out, fileBytes: file.length, fp32Bytes, layers, unused, matchedBy }, null, 2)}\n`;
  const rows = layers.map(({ name, bits, bytesBefore, bytesAfter }) => [
    name,
    String(bits),
    formatBytes(bytesBefore),
    formatBytes(bytesAfter),
  ]);
  const columns = [
    { title: 'layer', align: 'left' },
    { title: 'bits', align: 'right' },
    { title: 'fp32', align: 'right' },
    { title: 'packed', align: 'right' },
  ] as const;
  return [
    `${model}: weights ${formatBytes(fp32Bytes)} → whole file ${formatBytes(file.length)} (${formatRatio(fp32Bytes / file.length)})`,
    '',
    ...renderTable(columns, rows).map((line) => `  ${line}`),
    ...(unused.length === 0
      ? []
      : ['', `  not of this model: ${unused.slice(0, 8).join(', ')}${unused.length > 8 ? ', …' : ''}`]),
    ...(matchedBy === 'name' ? [] : ['', `  ${matchTexts[matchedBy]}`]),
    '',
    `Written: ${out}. 'slimwise generate ${out}' draws from it.`,
    '',
  ].join('\n');
}

function parseRequest(args: readonly string[]): Result<PackRequest> {
  const wrong = (message: string): Result<PackRequest> => failure(badUsage(message, 'pack'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        source: { type: 'string' },
        out: { type: 'string' },
        model: { type: 'string' },
        entry: { type: 'string', multiple: true },
        input: { type: 'string', multiple: true },
        prefix: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
      },
    });
    const [weights, ...more] = positionals;
    if (weights === undefined || more.length > 0) return wrong('Give one file of weights.');
    if (values.source === undefined) return wrong('Say which source the weights are of: --source generator.py.');
    if (values.out === undefined) return wrong('Say where to write: --out model.safetensors.');
    const options = analyzeOptions(values);
    if (typeof options === 'string') return wrong(options);
    const { source: path, out, prefix, json, model = null } = values;
    return success({ path, weights, out, prefix, json, model, options });
  } catch (error) {
    // `parseArgs` throws for unknown options, with a message made for users.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
