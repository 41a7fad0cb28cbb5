/**
 * The extension's entry: builds the objects, gives each command its handler, and hands out a read-only
 * view for tests. Everything it makes is disposed with the extension. It does no work of its own: the
 * language server starts with the first model that is opened, an engine with the first run.
 */
import { commands, ConfigurationTarget, Uri, window, workspace, type ExtensionContext } from 'vscode';
import type { SlimwiseApi } from './api.ts';
import { commandIds, type CommandId } from './commandIds.ts';
import { compressWisely, createPlanOnly } from './commands/compressWisely.ts';
import { addDataSet, shownDataSets } from './commands/addDataSet.ts';
import { openLayerOfRun, openPlace } from './commands/openLayer.ts';
import { compareChosen } from './commands/manageRuns.ts';
import { openSample } from './commands/openSample.ts';
import {
  exploreLatents,
  exportOf,
  renameOf,
  resumeRun,
  revealModel,
  runAction,
  runActions,
} from './commands/runActions.ts';
import { setDevice } from './commands/setDevice.ts';
import { ExplorerPanels } from './explorer/explorerPanels.ts';
import { exportModel } from './explorer/exportModel.ts';
import { ActiveModel } from './language/activeModel.ts';
import { LanguageService } from './language/languageService.ts';
import { registerTools } from './languageModelTools/registerTools.ts';
import { ModelFileEditors } from './modelFile/modelFileEditors.ts';
import { openModelFile } from './modelFile/openModelFile.ts';
import { announceRuns } from './platform/announceRuns.ts';
import { keepContextKeys } from './platform/contextKeys.ts';
import { watchDevices } from './platform/ownDevices.ts';
import { runCommand, type CommandHandler } from './platform/runCommand.ts';
import { flagSetting, section } from './platform/settings.ts';
import { RunLibrary } from './sessions/runLibrary.ts';
import { RunSessions } from './sessions/runSessions.ts';
import { StatusItem } from './status/statusItem.ts';
import { ComparePanels } from './views/comparePanels.ts';
import { ModelsTree } from './views/modelsTree.ts';
import { openReport } from './views/reportView.ts';
import { RunPanels } from './views/runPanels.ts';
import { RunsTree } from './views/runsTree.ts';
import { changeLayer } from './whatIf/changeLayer.ts';
import { OpenQuestion } from './whatIf/openQuestion.ts';
import { SourceEdits } from './whatIf/sourceEdits.ts';
import { editSource, openWhatIf } from './whatIf/whatIfCommands.ts';
import { WhatIfPanel } from './whatIf/whatIfPanel.ts';
import { writeLayersModule } from './whatIf/writeLayersModule.ts';

export function activate({ extensionUri, globalStorageUri, subscriptions }: ExtensionContext): SlimwiseApi {
  const started = performance.now();
  const bundle = (name: string): string => Uri.joinPath(extensionUri, 'dist', name).fsPath;
  const log = window.createOutputChannel('Slimwise', { log: true });
  const language = new LanguageService({
    module: bundle('server.cjs'),
    codeCache: Uri.joinPath(globalStorageUri, 'server').fsPath,
    log,
  });
  const active = new ActiveModel(language);
  const library = new RunLibrary(log);
  const sessions = new RunSessions(bundle('engine.mjs'), library, log);
  const panels = new RunPanels({
    extensionUri,
    library,
    sessions,
    log,
    actions: {
      resumeRun: (run) => resumeRun({ sessions, panels }, run),
      exploreLatents: (run) => runAction(runs, runActions.explore, run),
      exportModel: (run) => runAction(runs, runActions.export, run),
      openReport,
      revealModel,
      openLayer: (run, layer) => openLayerOfRun(language, run, layer),
    },
  });
  const cli = Uri.joinPath(extensionUri, 'bin', 'slimwise.mjs').fsPath;
  const beginnings = { run: 'slimwise.compressWisely', sample: 'slimwise.openSample' } as const;
  const explorers = new ExplorerPanels(
    {
      extensionUri,
      log,
      actions: {
        exportModel: (path) => exportModel(cli, path, log),
        begin: async (choice) => void (await commands.executeCommand(beginnings[choice])),
      },
    },
    library,
  );
  const comparisons = new ComparePanels({
    extensionUri,
    library,
    cli,
    log,
    openRun: (run) => panels.open(run),
    isShown: (run) => panels.has(run) || sessions.isLive(run),
  });
  const runs = { library, sessions, panels, explorers, comparisons, cli, log };
  const compress = { language, sessions, panels, extensionUri };
  const modelFiles = new ModelFileEditors({ extensionUri, language, log });
  const question = new OpenQuestion();
  const edits = new SourceEdits(language, question);
  const whatIf = { active, edits, panel: new WhatIfPanel({ extensionUri, language, edits, question, log }) };
  const status = new StatusItem(active, sessions);
  const runsTree = new RunsTree(library, sessions);
  const modelsTree = new ModelsTree(active);

  const handlers: Readonly<Record<CommandId, CommandHandler>> = {
    'slimwise.compressWisely': (target, model) => compressWisely(compress, target, model, { short: false }),
    'slimwise.compressWiselyShort': (target, model) => compressWisely(compress, target, model, { short: true }),
    'slimwise.createPlan': (target) => createPlanOnly(compress, target),
    'slimwise.openRun': (run) => runAction(runs, runActions.open, run),
    'slimwise.pauseRun': (run) => runAction(runs, runActions.pause, run),
    'slimwise.unpauseRun': (run) => runAction(runs, runActions.unpause, run),
    'slimwise.cancelRun': (run) => runAction(runs, runActions.cancel, run),
    'slimwise.resumeRun': (run) => runAction(runs, runActions.resume, run),
    'slimwise.deleteRun': (run) => runAction(runs, runActions.delete, run),
    'slimwise.compareRuns': (run, selected) => compareChosen(runs, run, selected),
    'slimwise.duplicateRun': (run) => runAction(runs, runActions.duplicate, run),
    'slimwise.renameRun': (run, name) => renameOf(runs, run, name),
    'slimwise.openReportInBrowser': (run) => runAction(runs, runActions.browser, run),
    'slimwise.addDataSet': (target, images) => addDataSet({ extensionUri, cli, log }, target, images),
    'slimwise.openReport': (run) => runAction(runs, runActions.report, run),
    'slimwise.revealModel': (run) => runAction(runs, runActions.model, run),
    'slimwise.exploreLatents': (target) => exploreLatents(runs, target),
    'slimwise.exportModel': (target) => exportOf(runs, target),
    'slimwise.refreshRuns': () => library.reload(),
    'slimwise.openLayer': (place) => openPlace(place),
    'slimwise.openModelFile': (target) => openModelFile(target),
    'slimwise.whatIf': (target, options) => openWhatIf(whatIf, target, options),
    'slimwise.changeLayer': (target, rows) =>
      changeLayer({ language, edits, question, tree: modelsTree }, target, rows),
    'slimwise.editSource': (target, options) => editSource(whatIf, target, options),
    'slimwise.writeLayersModule': (module) => writeLayersModule(module),
    'slimwise.setDevice': () => setDevice(),
    'slimwise.toggleHints': () => toggleHints(),
    'slimwise.openSample': (folder) => openSample(extensionUri, folder),
    'slimwise.restartServer': () => language.restart(),
    'slimwise.showLog': () => log.show(),
  };

  const announcements = {
    openReport: (run: unknown) => void commands.executeCommand('slimwise.openReport', run),
    resumeRun: (run: unknown) => void commands.executeCommand('slimwise.resumeRun', run),
  };
  subscriptions.push(
    log,
    language,
    active,
    library,
    sessions,
    panels,
    explorers,
    modelFiles,
    edits,
    whatIf.panel,
    status,
    runsTree,
    modelsTree,
    watchDevices(log),
    announceRuns(sessions, announcements, log),
    comparisons,
    window.createTreeView('slimwise.runs', { treeDataProvider: runsTree, canSelectMany: true }),
    ...registerTools(language),
    ...keepContextKeys(active, library, sessions),
    ...commandIds.map((id) => commands.registerCommand(id, (...args) => runCommand(log, handlers[id], args))),
  );

  const activationMs = performance.now() - started;
  log.info(`Activated in ${activationMs.toFixed(1)} ms.`);
  return {
    version: 1,
    activationMs,
    languageReady: () => language.running,
    runs: () => library.all().map((run) => sessions.describe(run)),
    comparisons: () => comparisons.all(),
    panels: () =>
      panels.all().map((panel) => ({ runId: panel.run.record.id, visible: panel.visible, ready: panel.ready })),
    explorers: () =>
      explorers.all().map(({ model, visible, ready }) => ({ model: model?.key ?? null, visible, ready })),
    dataSets: shownDataSets,
    modelFiles: () => modelFiles.all(),
    whatIf: () => whatIf.panel.shown,
    question: () => question.title,
    activeModel: () =>
      active.current && {
        uri: active.current.uri.toString(),
        shown: active.current.shown.name,
        models: active.current.models,
      },
    statusText: () => status.text,
    selectedRow: () => modelsTree.selected,
  };
}

async function toggleHints(): Promise<void> {
  const settings = workspace.getConfiguration(section);
  const inWorkspace = settings.inspect('inlayHints.enabled')?.workspaceValue !== undefined;
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await settings.update('inlayHints.enabled', !flagSetting('inlayHints.enabled', true), target);
}
