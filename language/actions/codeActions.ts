/**
 * Every action that fits a range of one document: set the input shape where it is missing, suppress each finding
 * that stands there (what mends comes before what hides), and the light bulb that starts one-click compression of the model around it.
 * The light bulb is a command of the client, offered only to clients that said they have it.
 */
import type { Finding } from '../../core/report/analyzeReport.ts';
import type { DescribedModel } from '../describeFile.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { holdsScripts, scriptTags } from '../syntax/scriptBlocks.ts';
import { setInputShape, lacksInputShape } from './setInputShape.ts';
import type { CommentMarker, SourceAction } from './sourceAction.ts';
import { suppressHere } from './suppressHere.ts';

export const compressCommand = 'slimwise.compressWisely';

export interface ActionRequest {
  readonly uri: string;
  readonly file: string;
  readonly text: string;
  readonly marker: CommentMarker;
  /** 1-based, both included. */
  readonly fromLine: number;
  readonly toLine: number;
  /** Commands that the client runs. */
  readonly clientCommands: readonly string[];
}

export type FixedAction = SourceAction & { readonly finding?: Pick<Finding, 'code' | 'line'> };

/** `shown` are the findings as the editor shows them (placed in this document). */
export function codeActions(
  models: readonly DescribedModel[],
  shown: readonly Pick<Finding, 'code' | 'line' | 'endLine'>[],
  request: ActionRequest,
): readonly FixedAction[] {
  const lines = request.text.split(/\r\n|\r|\n/);
  const touches = (line: number, endLine: number): boolean => line <= request.toLine && request.fromLine <= endLine;
  const actions: FixedAction[] = [];
  const here = models.filter((model) => concerns(model, request, touches));
  for (const model of here) {
    if (!lacksInputShape(model) || model.report.file !== request.file) continue;
    const finding = shown.find(({ code, line, endLine }) => code === 'SW403' && touches(line, endLine));
    for (const action of setInputShape(lines, model, request.marker)) actions.push({ ...action, finding });
  }
  const suppressed = new Set<string>();
  for (const finding of shown) {
    const key = `${finding.code}:${finding.line}`;
    if (!touches(finding.line, finding.endLine) || suppressed.has(key)) continue;
    suppressed.add(key);
    const action = suppressHere(lines, finding, request.marker);
    if (action !== null) actions.push({ ...action, finding });
  }
  if (request.clientCommands.includes(compressCommand)) {
    for (const name of new Set(here.map(({ report }) => report.name))) {
      actions.push({
        title: `Compress ${name} wisely…`,
        kind: 'refactor',
        command: { name: compressCommand, arguments: [request.uri, name] },
      });
    }
  }
  return holdsScripts(request.file) ? actions.filter((action) => isInScript(request.text, action)) : actions;
}

/** What goes between the tags of a page is no comment. */
function isInScript(text: string, { insertion }: SourceAction): boolean {
  if (insertion === undefined) return true;
  const at = createLineMap(text).offsetOf(insertion.line) + insertion.column;
  return scriptTags(text).some(({ start, end }) => start <= at && at <= end);
}

/** The model's class line, one of its layers, or one of its findings stands in the range. */
function concerns(
  { report, rows, findings }: DescribedModel,
  { file }: ActionRequest,
  touches: (line: number, endLine: number) => boolean,
): boolean {
  if (report.file === file && touches(report.line, report.line)) return true;
  return (
    rows.some(
      ({ row }) =>
        (row.file === file && touches(row.line, row.endLine)) ||
        row.stack.some((frame) => frame.file === file && touches(frame.line, frame.line)),
    ) || findings.some((finding) => finding.file === file && touches(finding.line, finding.endLine))
  );
}
