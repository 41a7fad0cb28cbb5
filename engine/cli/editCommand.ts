/**
 * `slimwise edit <source> layer=action …`: what the light bulb does in the editor; `--plan` takes the actions from a
 * plan. Prints the diff and what it changes; `--write` applies it. An edit that would not come out exactly as predicted
 * is refused.
 */
import { parseArgs } from 'node:util';
import { layerDor } from '../../core/dor/layerDor.ts';
import { formatBytes, formatCount } from '../../core/format/numbers.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { ModelSize, ProposedEdit } from '../../language/edits/layerAction.ts';
import type { LayerChoice } from '../../language/edits/orderChoices.ts';
import { proposeIn } from '../../language/edits/proposeEdit.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { actionNames, parseChoice } from './layerActions.ts';
import { analyzeOptions, openSource, type OpenSource, type SourceRequest } from './openSource.ts';
import { planEdit } from './planEdit.ts';
import { badUsage, editRefused } from './problems.ts';
import { createdDiff, unifiedDiff } from './unifiedDiff.ts';
import { writeChange } from './writeChange.ts';

const usage = `Usage: slimwise edit <source> <layer>=<action> … [options]
       slimwise edit --plan slimwise.json [--write] [--json]

  Actions: ${actionNames}
  Layers are named as in 'slimwise analyze'. All actions are one edit: widths, replacements and bits of one layer or
  several go together. The diff is printed; nothing is written without --write.

  --plan FILE            do what a plan says of its generator and discriminator, as far as sources can say it;
                         the rest is named
  --write                apply the edit, and write slimwise_layers beside the source where it needs it
  --wise                 binarize every layer of the model whose degree of redundancy is not negative
  --model NAME           which model of the file
  --entry "G(100)"       build this model, as written in the source
  --input 1,100,1,1      input shape with batch 1 (repeatable: one per input)
  --json                 print sizes and files as JSON

Exit codes: 0 fine, 1 the edit is refused, 2 wrong usage or nothing readable.`;

interface EditRequest extends SourceRequest {
  /** null: the choices are on the command line. */
  readonly plan: string | null;
  readonly choices: readonly LayerChoice[];
  readonly isWise: boolean;
  readonly write: boolean;
  readonly json: boolean;
}

export const editCommand: CliCommand = {
  summary: 'Edits a layer in its source: fewer bits, cheaper layers, other channels.',
  usage,
  run(args, io) {
    const request = parseRequest(args);
    return Promise.resolve(request.ok ? edit(request.value, io) : fail(io, request.problem));
  },
};

function edit(request: EditRequest, io: CliIo): ExitCode {
  if (request.plan !== null) return editByPlan(request.plan, request, io);
  const opened = openSource(request, io.cwd);
  if (!opened.ok) return fail(io, opened.problem);
  const { host, file, graph, analysis } = opened.value;
  const choices = request.isWise ? [...wiseChoices(opened.value), ...request.choices] : request.choices;
  const proposal = proposeIn({ host, file, model: graph.name, options: request.options }, analysis, choices);
  if ('refused' in proposal) {
    fail(io, editRefused(proposal.refused, request.path));
    return 1;
  }
  return showEdit(proposal.edit, opened.value, request, io);
}

function editByPlan(plan: string, request: EditRequest, io: CliIo): ExitCode {
  const edited = planEdit(plan, io.cwd);
  if (!edited.ok) return fail(io, edited.problem);
  const { proposal, unsaid } = edited.value;
  if ('edit' in proposal) return showEdit(proposal.edit, edited.value, { ...request, unsaid }, io);
  for (const why of unsaid) io.err(`${why}\n`);
  fail(io, editRefused(proposal.refused, plan));
  return 1;
}

export interface ShowOptions {
  readonly write: boolean;
  readonly json: boolean;
  /** What was asked for and is not in the edit, as sentences. */
  readonly unsaid?: readonly string[];
}

/** Prints an edit, and writes it where that is asked for. */
export function showEdit(
  { change, before, after, sizes, layers, alongside, leftOut }: ProposedEdit,
  { host, root }: Pick<OpenSource, 'host' | 'root'>,
  { write, json, unsaid = [] }: ShowOptions,
  io: CliIo,
): ExitCode {
  const notDone = [...unsaid, ...leftOut];
  const files = [...new Set(change.edits.map((own) => own.file)), ...change.created.map((own) => own.file)];
  if (!json) {
    for (const name of new Set(change.edits.map((own) => own.file)))
      io.out(unifiedDiff(name, host.read(name) ?? '', change.edits));
    for (const created of change.created)
      io.out(write ? `new file: ${created.file}\n` : createdDiff({ ...created, text: firstLines(created.text) }));
  }
  if (write) {
    const written = writeChange(root, change);
    if (!written.ok) return fail(io, written.problem);
  }
  if (json) {
    const said = {
      version: 1,
      files,
      layers,
      alongside,
      before,
      after,
      models: sizes,
      unsaid: notDone,
      written: write,
    };
    io.out(`${JSON.stringify(said, null, 2)}\n`);
    return 0;
  }
  const lines = sizes.map(({ model, ...size }) => `${sizes.length > 1 ? `${model}: ` : ''}${sizeLine(size)}`);
  const done = write ? `Written: ${files.join(', ')}.` : 'Nothing is written without --write.';
  const rest = notDone.length === 0 ? [] : ['Not in the edit:', ...notDone.map((why) => `  ${why}`)];
  const also = alongside.map(({ model, name }) => `${model} ${name}`).join(', ');
  const shared = also === '' ? [] : [`Changed too, because the same lines build them: ${also}.`];
  io.out(`\n${[...lines, ...shared, ...rest, done].join('\n')}\n`);
  return 0;
}

function sizeLine({ before, after }: { readonly before: ModelSize; readonly after: ModelSize }): string {
  return [
    `weights ${formatBytes(before.bytes)} → ${formatBytes(after.bytes)}`,
    `MACs ${formatCount(before.macs)} → ${formatCount(after.macs)}`,
    `parameters ${formatCount(before.params)} → ${formatCount(after.params)}`,
  ].join(', ');
}

/** The head of a long file that is written whole. */
function firstLines(text: string): string {
  return text.split('\n').slice(0, 4).join('\n');
}

function wiseChoices({ graph }: OpenSource): readonly LayerChoice[] {
  return graph.layers.flatMap((layer): LayerChoice[] => {
    const dor = layerDor(graph, layer, { conv: 'published' });
    return dor !== null && dor.value >= 0 && layer.bits === undefined
      ? [{ layer: layer.name, action: { kind: 'bits', bits: 1 } }]
      : [];
  });
}

function parseRequest(args: readonly string[]): Result<EditRequest> {
  const wrong = (message: string): Result<EditRequest> => failure(badUsage(message, 'edit'));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        write: { type: 'boolean', default: false },
        plan: { type: 'string' },
        wise: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        model: { type: 'string' },
        entry: { type: 'string', multiple: true },
        input: { type: 'string', multiple: true },
      },
    });
    const [path = '', ...texts] = positionals;
    const { plan = null } = values;
    if (plan !== null && path !== '') return wrong('A plan says itself which sources are edited.');
    if (plan === null && path === '') return wrong('Say which source to edit, or --plan slimwise.json.');
    if (plan === null && texts.length === 0 && !values.wise)
      return wrong('Say what to do: main.2=binarize, or --wise.');
    const choices: LayerChoice[] = [];
    for (const text of texts) {
      const choice = parseChoice(text);
      if (choice === null) return wrong(`'${text}' is no action. Write layer=action with one of ${actionNames}.`);
      choices.push(choice);
    }
    const options = analyzeOptions(values);
    if (typeof options === 'string') return wrong(options);
    const { write, json, model = null, wise: isWise } = values;
    return success({ path, plan, model, options, choices, isWise, write, json });
  } catch (error) {
    // `parseArgs` throws for unknown options, with a message made for users.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}
