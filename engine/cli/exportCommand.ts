/**
 * `slimwise export <model.safetensors> --to onnx|onnx-int8|tfjs --out PLACE`: writes a packed model in a format
 * that other runtimes read. An ONNX file is run before it is written, and layers that could not become int8 are
 * named with the reason, not passed over.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../core/format/numbers.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { exportPacked, exportTargets, type Exported, type ExportTarget } from '../formats/export/exportPacked.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { badUsage, exportNotWritable, modelNotFound } from './problems.ts';
import { writeOutput } from './writeOutput.ts';

const usage = `Usage: slimwise export <model.safetensors> --to FORMAT --out PLACE [options]

  --to FORMAT   onnx       fp32 with binarized values; run and compared before it is written
                onnx-int8  int8 weights in QDQ form where ONNX Runtime runs it correctly;
                           layers that stay fp32 are named
                tfjs       model.json and weight shards, for tf.loadLayersModel
  --out PLACE   file.onnx, or a folder or model.json for tfjs
  --json        print JSON`;

interface Request {
  readonly model: string;
  readonly to: ExportTarget;
  readonly out: string;
  readonly json: boolean;
}

export const exportCommand: CliCommand = {
  summary: 'Writes a packed generator as ONNX or TensorFlow.js.',
  usage,
  async run(args, io) {
    const request = parseRequest(args, io.cwd);
    return request.ok ? exportModel(request.value, io) : fail(io, request.problem);
  },
};

async function exportModel(request: Request, io: CliIo): Promise<ExitCode> {
  const file = await readFile(request.model).catch(() => null);
  if (file === null) return fail(io, modelNotFound(request.model));
  const exported = await exportPacked(file, request.to, stemOf(request));
  if (!exported.ok) return fail(io, { ...exported.problem, path: exported.problem.path ?? request.model });
  const places = placesOf(request, exported.value);
  try {
    // What names the other files comes last.
    const inOrder = [...places].sort(([a], [b]) => Number(a.endsWith('.json')) - Number(b.endsWith('.json')));
    for (const [place, bytes] of inOrder) writeOutput(place, bytes);
  } catch (error) {
    return fail(io, exportNotWritable(request.out, error instanceof Error ? error.message : String(error)));
  }
  const { difference, notRun, quantized, kept } = exported.value;
  if (request.json) {
    const files = [...places].map(([place, bytes]) => ({ path: place, bytes: bytes.length }));
    io.out(
      `${JSON.stringify({ version: 1, to: request.to, fileBytes: file.length, files, difference, notRun, quantized, kept }, null, 2)}\n`,
    );
    return 0;
  }
  io.out(`${describe(request, io.cwd, places, exported.value).join('\n')}\n`);
  return 0;
}

function describe(
  { to }: Request,
  cwd: string,
  places: ReadonlyMap<string, Uint8Array>,
  { difference, notRun, quantized, kept }: Exported,
): string[] {
  const lines = [...places].map(
    ([place, bytes]) => `${path.relative(cwd, place) || place}: ${formatBytes(bytes.length)}`,
  );
  if (to === 'onnx-int8') {
    lines.push(`int8: ${quantized.length === 0 ? 'no layer' : quantized.join(', ')}`);
    for (const { layer, why } of kept) lines.push(`fp32: ${layer} (${why})`);
  }
  lines.push(
    difference === null
      ? `Not compared with the packed model: ${notRun ?? 'unknown'}.`
      : `Images differ from the packed model's by at most ${difference.toExponential(1)} (of −1 … 1).`,
  );
  return lines;
}

/** Without its last extension; `model` where the place is a folder. */
function stemOf({ out, to }: Request): string {
  const name = path.basename(out);
  if (to === 'tfjs') return name.endsWith('.json') ? name.slice(0, -'.json'.length) : 'model';
  return name.endsWith('.onnx') ? name.slice(0, -'.onnx'.length) : name;
}

function placesOf({ out, to }: Request, { files }: Exported): Map<string, Uint8Array> {
  const isFile = to === 'tfjs' && out.endsWith('.json');
  const folder = to === 'tfjs' && !isFile ? out : path.dirname(out);
  return new Map(
    [...files].map(([name, bytes]) => [isFile && name === 'model.json' ? out : path.join(folder, name), bytes]),
  );
}

function parseRequest(args: readonly string[], cwd: string): Result<Request> {
  const wrong = (message: string): Result<Request> => failure(badUsage(message, 'export'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { to: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [model, ...more] = positionals;
    if (model === undefined) return wrong('Say which model file to export.');
    if (more.length > 0) return wrong(`One model at a time: '${more[0] ?? ''}' is one too many.`);
    const to = exportTargets.find((target) => target === values.to);
    if (to === undefined) return wrong(`--to is one of ${exportTargets.join(', ')}, not '${values.to ?? ''}'.`);
    if (values.out === undefined) return wrong('Say where it goes: --out model.onnx.');
    return success({ model: path.resolve(cwd, model), to, out: path.resolve(cwd, values.out), json: values.json });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
