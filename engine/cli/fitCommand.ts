/**
 * `slimwise fit <source> --budget 200KiB`: bits per layer that fit a limit at the least cost, measured where
 * `slimwise sensitivity` measured the layers as they are built now, else predicted; and why. With `--write` the source
 * is edited to it, so layers that one line builds get the same bits.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../core/format/numbers.ts';
import type { Layer } from '../../core/graph/modelGraph.ts';
import { fitLayers, fitModel, type FittedModel } from '../../core/plan/fitModel.ts';
import { modelSensitivity } from '../../core/plan/layerSensitivity.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { NetworkSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import { siteKey, type LayerChoice } from '../../language/edits/orderChoices.ts';
import { proposeIn } from '../../language/edits/proposeEdit.ts';
import { measurementsOf, readMeasurements } from '../../language/report/measurements.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { budgetNamed } from './deviceNamed.ts';
import { showEdit } from './editCommand.ts';
import { analyzeOptions, openSource, type OpenSource, type SourceRequest } from './openSource.ts';
import type { ParsedBudget } from './parseBytes.ts';
import { badUsage, editRefused, notMeasured } from './problems.ts';
import { renderTable } from './renderTable.ts';

const usage = `Usage: slimwise fit <source> --budget SIZE [options]

  Chooses 32, 8, 4, 2 or 1 bit for each layer, so that the model's weights fit the budget at the least summed
  sensitivity: measured by 'slimwise sensitivity' where the layer is built as it was then, else predicted from the
  degree of redundancy. The table says which.

  --sensitivity WHICH    predicted: measurements are left aside; measured: refuse where there are none
  --budget 200KiB        the limit; also a device: phone, watch, microcontroller, browser, or one of your own
                         ("devices" of slimwise.json, "slimwise.devices" of .vscode/settings.json)
  --write                edit the source accordingly
  --model NAME           which model of the file
  --entry "G(100)"       build this model, as written in the source
  --input 1,100,1,1      input shape with batch 1 (repeatable: one per input)
  --json                 print the choice as JSON

Exit codes: 0 fine, 1 it does not fit or the edit is refused, 2 wrong usage or nothing readable.`;

interface FitRequest extends SourceRequest {
  /** null: measured where it can be. */
  readonly sensitivity: 'predicted' | 'measured' | null;
  readonly budget: ParsedBudget;
  readonly write: boolean;
  readonly json: boolean;
}

export const fitCommand: CliCommand = {
  summary: 'Chooses bits per layer that fit a budget, and says why.',
  usage,
  run(args, io) {
    const request = parseRequest(args, io.cwd);
    return Promise.resolve(request.ok ? fit(request.value, io) : fail(io, request.problem));
  },
};

function fit(request: FitRequest, io: CliIo): ExitCode {
  const opened = openSource(request, io.cwd);
  if (!opened.ok) return fail(io, opened.problem);
  const { graph, analysis, host, file } = opened.value;
  const found = measurementsOf(readMeasurements(host, file, null), graph);
  const measured = request.sensitivity === 'predicted' ? null : found;
  const options = { measured, together: ({ site }: Layer) => siteKey(site) };
  const fitted = fitModel(graph, request.budget.bytes, options);
  if (request.sensitivity === 'measured' && modelSensitivity(graph, found).basis === 'predicted')
    return fail(io, notMeasured(graph.name, request.path));
  if (fitted === null) {
    const { layers, fixedBytes } = fitLayers(graph, options);
    const least = layers.reduce((sum, { options }) => sum + Math.min(...options.map(({ bytes }) => bytes)), fixedBytes);
    io.err(
      `slimwise: ${graph.name} takes ${formatBytes(least)} even with one bit everywhere, and the budget is ${formatBytes(request.budget.bytes)}.\n`,
    );
    return 1;
  }
  if (request.json && !request.write)
    io.out(`${JSON.stringify({ version: 1, model: graph.name, ...fitted }, null, 2)}\n`);
  else if (!request.json) io.out(rendered(fitted, opened.value, request.budget, measured));
  if (!request.write) return 0;
  const choices = fitted.layers.flatMap(({ name, bits }): LayerChoice[] => {
    const now = graph.layers.find((layer) => layer.name === name)?.bits ?? 32;
    return bits === now ? [] : [{ layer: name, action: { kind: 'bits', bits } }];
  });
  if (choices.length === 0) return 0;
  const proposal = proposeIn({ host, file, model: graph.name, options: request.options }, analysis, choices);
  if ('edit' in proposal) return showEdit(proposal.edit, opened.value, request, io);
  fail(io, editRefused(proposal.refused, request.path));
  return 1;
}

function rendered(
  fitted: FittedModel,
  { graph, host, file }: OpenSource,
  budget: ParsedBudget,
  measured: NetworkSensitivity | null,
): string {
  const rows = fitted.layers.map(({ name, bits, bytes, sensitivity, basis, why }) => [
    name,
    String(bits),
    formatBytes(bytes),
    sensitivity === 0 ? '0' : sensitivity.toPrecision(2),
    basis,
    why,
  ]);
  const hash = createHash('sha256').update(host.read(file) ?? '');
  const isEdited = fitted.basis !== 'predicted' && measured !== null && hash.digest('hex') !== measured.sha256;
  const columns = [
    { title: 'layer', align: 'left' },
    { title: 'bits', align: 'right' },
    { title: 'bytes', align: 'right' },
    { title: 'sensitivity', align: 'right' },
    { title: 'basis', align: 'left' },
    { title: 'why', align: 'left' },
  ] as const;
  return [
    `${graph.name}: ${formatBytes(fitted.bytes)} of ${formatBytes(budget.bytes)} (${budget.name}), summed sensitivity ${fitted.sensitivity.toPrecision(3)} (${basisText(fitted, measured)})`,
    '',
    ...renderTable(columns, rows).map((line) => `  ${line}`),
    ...(fitted.isExact
      ? []
      : ['', '  The model has many layers: the choice is close to the best, not proven to be it.']),
    ...(isEdited ? ['', '  The source was edited after it was measured; measured layers are built as they were.'] : []),
    '',
  ].join('\n');
}

/** Measured costs are rises of SWD; predictions have no unit, unless they stand beside measured ones. */
function basisText({ basis, layers }: FittedModel, measured: NetworkSensitivity | null): string {
  if (measured === null || basis === 'predicted') return 'predicted';
  const nMeasured = layers.filter((layer) => layer.basis === 'measured').length;
  const which = basis === 'measured' ? 'measured' : `${nMeasured} of ${layers.length} layers measured`;
  return `SWD ×10³, ${which} on run ${measured.run} over ${measured.nImages} images`;
}

function parseRequest(args: readonly string[], cwd: string): Result<FitRequest> {
  const wrong = (message: string): Result<FitRequest> => failure(badUsage(message, 'fit'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        budget: { type: 'string' },
        sensitivity: { type: 'string' },
        write: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        model: { type: 'string' },
        entry: { type: 'string', multiple: true },
        input: { type: 'string', multiple: true },
      },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) return wrong('Give one source.');
    const named = values.budget === undefined ? null : budgetNamed(values.budget, cwd);
    if (named === null) return wrong('Say the limit: --budget 200KiB, or a device (phone, or one of your own).');
    if (!named.ok) return named;
    const budget = named.value;
    const options = analyzeOptions(values);
    if (typeof options === 'string') return wrong(options);
    const { write, json, model = null, sensitivity = null } = values;
    if (sensitivity !== null && sensitivity !== 'predicted' && sensitivity !== 'measured')
      return wrong('--sensitivity is predicted or measured.');
    return success({ path, model, options, budget, sensitivity, write, json });
  } catch (error) {
    // `parseArgs` throws for unknown options, with a message made for users.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
