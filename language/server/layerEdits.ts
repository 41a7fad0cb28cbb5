/**
 * Source actions of layers in the protocol: offered without an edit, which is made, and checked by analysing the
 * edited text, when one is resolved. The edit is one workspace edit, so one undo takes it back; its
 * description carries the sizes into an editor's preview. What is refused comes back as a message in words.
 */
import {
  CodeActionKind,
  type ClientCapabilities,
  type CodeAction,
  type Connection,
  type TextEdit as ProtocolEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import {
  proposeEditRequest,
  type ProposeEditParams,
  type ProposeEditResult,
} from '../../core/report/languageProtocol.ts';
import { layerOffers, type LayerOffer } from '../actions/layerOffers.ts';
import type { LayerChoice } from '../edits/orderChoices.ts';
import { proposeIn } from '../edits/proposeEdit.ts';
import type { LayerAction, ProposedEdit } from '../edits/layerAction.ts';
import { plansAbout, type PlanAbout } from '../plan/plansAbout.ts';
import type { SourceHost } from '../sourceHost.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { uriOf } from './documentPaths.ts';
import type { FeatureContext } from './features.ts';
import type { OpenDocument } from './openDocuments.ts';

/** What an offered action carries until it is chosen. */
interface OfferData {
  readonly uri: string;
  readonly model: string;
  readonly choices: readonly LayerChoice[];
}

/**
 * A command of clients that write the module of layers themselves, before the edit: then the edit is of sources only,
 * and its undo asks about nothing else.
 */
const writeModuleCommand = 'slimwise.writeLayersModule';

const annotation = 'slimwise';

/** Notebooks are left out: an import would have to find its cell. */
export function offeredActions(
  { analyses, documents, notebooks }: FeatureContext,
  opened: OpenDocument,
  uri: string,
  lines: { readonly from: number; readonly to: number },
): CodeAction[] {
  if (notebooks.get(opened.uri) !== undefined) return [];
  const touches = (line: number, endLine: number): boolean => line <= lines.to && lines.from <= endLine;
  const { path, root } = opened.place;
  const plans = (): readonly PlanAbout[] => plansAbout(documents.hostOf(root), path);
  return layerOffers(analyses.describe(opened).models, path, touches, plans).map(
    ({ title, model, choices }: LayerOffer) => ({
      title,
      kind: `${CodeActionKind.RefactorRewrite}.slimwise`,
      data: { uri, model, choices } satisfies OfferData,
    }),
  );
}

export function registerLayerEdits(
  connection: Connection,
  context: FeatureContext & { capabilities(): ClientCapabilities },
): void {
  const { analyses, documents, session, answer } = context;

  const propose = (opened: OpenDocument, { model, choices }: Omit<OfferData, 'uri'>): ProposeEditResult => {
    const host = documents.hostOf(opened.place.root);
    const graphs = analyses.describe(opened).models.map(({ graph }) => graph);
    const request = { host, file: opened.place.path, model };
    const proposal = proposeIn(request, { graphs, problems: [] }, choices);
    if ('refused' in proposal) return proposal;
    const { edit } = proposal;
    const { before, after, layers, leftOut } = edit;
    const { root } = opened.place;
    const isSeparate = session().clientCommands.includes(writeModuleCommand);
    const own = isSeparate ? { ...edit, change: { ...edit.change, created: [] } } : edit;
    const created = isSeparate
      ? edit.change.created.map(({ file, text }) => ({ uri: documents.uriOf(root, file), text }))
      : [];
    return { edit: workspaceEdit(own, root, host, context.capabilities()), created, before, after, layers, leftOut };
  };

  connection.onCodeActionResolve((action) => {
    const data = action.data as OfferData | undefined;
    if (data === undefined) return action;
    return answer(data.uri, action, ({ opened }) => {
      const result = propose(opened, data);
      if ('edit' in result) {
        const [module] = result.created;
        const command = { title: 'Write the module', command: writeModuleCommand, arguments: [module] };
        return { ...action, edit: result.edit as WorkspaceEdit, ...(module === undefined ? {} : { command }) };
      }
      connection.window.showInformationMessage(`Slimwise leaves the source as it is: ${result.refused}.`);
      return action;
    });
  });

  connection.onRequest<ProposeEditResult, unknown>(
    proposeEditRequest,
    ({ textDocument, model, choices }: ProposeEditParams) =>
      answer<ProposeEditResult>(textDocument.uri, { refused: 'the document is not open' }, ({ opened }) =>
        propose(opened, {
          model,
          choices: choices.map(({ layer, action }) => ({ layer, action: action as LayerAction })),
        }),
      ),
  );
}

function workspaceEdit(
  { change, before, after }: ProposedEdit,
  root: string,
  host: SourceHost,
  capabilities: ClientCapabilities,
): WorkspaceEdit {
  const own = capabilities.workspace?.workspaceEdit;
  const hasPreview = own?.changeAnnotationSupport !== undefined;
  const mark = hasPreview ? { annotationId: annotation } : {};
  const files = [...new Set(change.edits.map(({ file }) => file))];
  const edited = files.map((file) => {
    const lines = createLineMap(host.read(file) ?? '');
    const edits = change.edits
      .filter((edit) => edit.file === file)
      .map(({ start, end, text }): ProtocolEdit => {
        const at = (offset: number): { line: number; character: number } => ({
          line: lines.lineOf(offset) - 1,
          character: lines.columnOf(offset),
        });
        return { range: { start: at(start), end: at(end) }, newText: text, ...mark };
      });
    return { textDocument: { uri: uriOf(root, file), version: null }, edits };
  });
  const canCreate = own?.resourceOperations?.includes('create') === true;
  if (own?.documentChanges !== true || !canCreate) {
    return { changes: Object.fromEntries(edited.map(({ textDocument, edits }) => [textDocument.uri, edits])) };
  }
  const created = change.created.flatMap(({ file, text }) => {
    const uri = uriOf(root, file);
    const zero = { line: 0, character: 0 };
    return [
      { kind: 'create' as const, uri, options: { ignoreIfExists: true }, ...mark },
      { textDocument: { uri, version: null }, edits: [{ range: { start: zero, end: zero }, newText: text, ...mark }] },
    ];
  });
  const description = `${before.bytes} → ${after.bytes} bytes of weights, ${before.macs} → ${after.macs} MACs`;
  const annotations = { [annotation]: { label: 'Slimwise', needsConfirmation: false, description } };
  return { documentChanges: [...created, ...edited], ...(hasPreview ? { changeAnnotations: annotations } : {}) };
}
