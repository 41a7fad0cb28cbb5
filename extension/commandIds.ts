/**
 * Every command of the extension. The table in `extension.ts` must give a handler for each, and a test
 * compares this list with the manifest, so neither can have a command that the other lacks.
 */
export const commandIds = [
  'slimwise.compressWisely',
  'slimwise.compressWiselyShort',
  'slimwise.createPlan',
  'slimwise.openRun',
  'slimwise.pauseRun',
  'slimwise.unpauseRun',
  'slimwise.cancelRun',
  'slimwise.resumeRun',
  'slimwise.deleteRun',
  'slimwise.compareRuns',
  'slimwise.duplicateRun',
  'slimwise.renameRun',
  'slimwise.openReportInBrowser',
  'slimwise.addDataSet',
  'slimwise.openReport',
  'slimwise.revealModel',
  'slimwise.exploreLatents',
  'slimwise.exportModel',
  'slimwise.refreshRuns',
  'slimwise.openLayer',
  'slimwise.openModelFile',
  'slimwise.whatIf',
  'slimwise.changeLayer',
  'slimwise.editSource',
  'slimwise.writeLayersModule',
  'slimwise.setDevice',
  'slimwise.toggleHints',
  'slimwise.openSample',
  'slimwise.restartServer',
  'slimwise.showLog',
] as const;

export type CommandId = (typeof commandIds)[number];
