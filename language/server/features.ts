/**
 * What the editor may ask of an open document: hints, hovers, lenses, actions and the report as data. Each
 * answer is made in lines of the analysed text and handed out in lines of the document that asked, which
 * differ for the cells of a notebook (openNotebooks.ts).
 */
import { MarkupKind, type Connection } from 'vscode-languageserver';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { modelsRequest, type ModelsParams } from '../../core/report/languageProtocol.ts';
import { codeActions } from '../actions/codeActions.ts';
import { codeLenses } from '../hints/codeLenses.ts';
import { hoverAt, rowsMarkdown } from '../hints/hoverAt.ts';
import { inlayHints } from '../hints/inlayHints.ts';
import { notebookReport } from '../notebook/notebookReport.ts';
import type { Analyses } from './analyses.ts';
import { absoluteReport } from './absoluteReport.ts';
import type { OpenDocument, OpenDocuments } from './openDocuments.ts';
import { shows, type OpenNotebooks, type View } from './openNotebooks.ts';
import type { SessionOptions } from './sessionOptions.ts';
import type { ShownFinding } from './shownFindings.ts';
import { offeredActions } from './layerEdits.ts';
import { lineRange, moveUp, toCodeAction, toInlayHint } from './toProtocol.ts';

export interface FeatureContext {
  readonly analyses: Analyses;
  readonly documents: OpenDocuments;
  readonly notebooks: OpenNotebooks;
  session(): SessionOptions;
  /** Answers for the text as it is now; `fallback` where the document is not open. */
  answer<T>(uri: string, fallback: T, work: (view: View) => T): Promise<T>;
  findingsOf(opened: OpenDocument): readonly ShownFinding[];
}

/** What a hint carries to its tooltip. The line is one of the analysed text. */
interface HintData {
  readonly uri: string;
  readonly line: number;
}

export function registerFeatures(connection: Connection, context: FeatureContext): void {
  const { analyses, documents, notebooks, session, answer } = context;

  connection.languages.inlayHint.on(({ textDocument, range }) =>
    answer(textDocument.uri, [], (view) => {
      if (!session().settings.inlayHints) return [];
      const { opened, nLinesBefore } = view;
      const lines = documents.linesOf(opened);
      const [from, to] = [range.start.line + nLinesBefore, range.end.line + 1 + nLinesBefore];
      return inlayHints(analyses.describe(opened).models, opened.place.path)
        .filter(({ line }) => from < line && line <= to && shows(view, line))
        .map((hint) => {
          const { position, ...shown } = toInlayHint(hint, lines);
          const data: HintData = { uri: view.uri, line: hint.line };
          return { ...shown, position: { ...position, line: position.line - nLinesBefore }, data };
        });
    }),
  );

  connection.languages.inlayHint.resolve((hint) => {
    const { uri, line } = hint.data as HintData;
    return answer(uri, hint, ({ opened }) => {
      const { models } = analyses.describe(opened);
      const spoken = inlayHints(models, opened.place.path).find((candidate) => candidate.line === line);
      const value = spoken === undefined ? null : rowsMarkdown(models, spoken.rows);
      return value === null ? hint : { ...hint, tooltip: { kind: MarkupKind.Markdown, value } };
    });
  });

  connection.onHover(({ textDocument, position }) =>
    answer(textDocument.uri, null, ({ opened, nLinesBefore }) => {
      const { hover, budget } = session().settings;
      if (!hover) return null;
      const line = position.line + 1 + nLinesBefore;
      const place = { file: opened.place.path, line, column: position.character };
      const value = hoverAt(analyses.describe(opened).models, place, budget);
      return value === null ? null : { contents: { kind: MarkupKind.Markdown, value } };
    }),
  );

  connection.onCodeLens(({ textDocument }) =>
    answer(textDocument.uri, [], (view) => {
      if (!session().settings.codeLens) return [];
      const { opened } = view;
      const lines = documents.linesOf(opened);
      return codeLenses(analyses.describe(opened).models, opened.place.path)
        .filter(({ line }) => shows(view, line))
        .map(({ line, title }) => ({ range: moveUp(lineRange(line, lines), view), command: { title, command: '' } }));
    }),
  );

  connection.onCodeAction(({ textDocument, range, context: { diagnostics, only } }) =>
    answer(textDocument.uri, [], (view) => {
      const { opened, nLinesBefore } = view;
      const actions = codeActions(analyses.describe(opened).models, context.findingsOf(opened), {
        uri: view.uri,
        file: opened.place.path,
        text: opened.document.getText(),
        marker: opened.document.languageId === 'python' ? '#' : '//',
        fromLine: range.start.line + 1 + nLinesBefore,
        toLine: range.end.line + 1 + nLinesBefore,
        // A plan names a source file, so there is nothing to start from a notebook.
        clientCommands: notebooks.get(opened.uri) === undefined ? session().clientCommands : [],
      });
      const offers = offeredActions(context, opened, view.uri, {
        from: range.start.line + 1 + nLinesBefore,
        to: range.end.line + 1 + nLinesBefore,
      });
      const own = diagnostics.filter(({ source }) => source === 'slimwise');
      return [
        ...actions.map((action) =>
          toCodeAction(action, view, own, (line) => notebooks.locate(opened, opened.place.path, line)),
        ),
        ...offers,
      ].filter(
        ({ kind }) => only === undefined || only.some((wanted) => kind === wanted || kind?.startsWith(`${wanted}.`)),
      );
    }),
  );

  connection.onRequest(modelsRequest, (params: ModelsParams) =>
    answer(params.textDocument.uri, { version: 1 as const, models: [], problems: [] }, ({ opened }) =>
      absoluteReport(reportOf(opened), opened.place.root),
    ),
  );

  function reportOf(opened: OpenDocument): AnalyzeReport {
    const report = analyses.report(opened);
    const notebook = notebooks.get(opened.uri);
    if (notebook === undefined) return report;
    return notebookReport(report, { path: opened.place.path.replace(/\.py$/, ''), joined: notebook.joined });
  }
}
