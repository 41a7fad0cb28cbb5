/**
 * The end of an experiment. The model that is offered is the smallest whose mean SWD is not above full
 * precision's by more than T, with T from the seeds of full precision as Algorithm 1 takes it from repetitions;
 * every other setting's file stays beside it. With one seed nothing is known about noise, and T is the
 * smallest rise that is called a degradation.
 */
import type { RunSummary, SettingResult } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { settingRows, type SettingRow } from '../../core/session/settingRows.ts';
import { noiseThreshold, smallestShare } from '../compress/noiseThreshold.ts';
import type { ReportPlatform } from '../runs/report/reportData.ts';
import { writeReport } from '../runs/writeReport.ts';
import { expectOk } from './expectOk.ts';
import { measureSpeed } from './measureSpeed.ts';
import { emitMemory } from './memoryEvent.ts';
import { emit, secondsSoFar, type SessionContext } from './sessionContext.ts';
import { draw, isFullPrecision } from './trainSettings.ts';

export function finishSettings(
  context: SessionContext,
  results: readonly SettingResult[],
  platform: ReportPlatform,
): RunSummary {
  const { run, evaluator } = context;
  // What is offered is the plan's own generator; others were trained to compare with.
  const rows = settingRows(results.filter(({ entry }) => entry === undefined));
  const full = rows.find(isFullPrecision);
  if (full === undefined) throw new Error('an experiment has full precision among its settings');
  const { deviation, threshold } = noiseOf(context, full);
  const limit = full.swd.mean + threshold;
  const within = rows.filter((row) => row.swd.mean <= limit);
  const offered = within.reduce((best, row) => (row.fileBytes < best.fileBytes ? row : best), full);
  const [fullFile, packed] = [full, offered].map((row) => fileOf(context, results, row)) as [Uint8Array, Uint8Array];
  expectOk(run.writeArtifact(runFiles.fullModel, fullFile));
  expectOk(run.writeArtifact(runFiles.model, packed));
  expectOk(run.writeArtifact(runFiles.grid, evaluator.comparison(draw(context, fullFile), draw(context, packed))));
  emitMemory(context, offered.layersG, { before: fullFile.length, after: packed.length });
  emit(context, {
    type: 'note',
    text: `Setting ${offered.setting} is offered as the model: the smallest file whose mean SWD, ${offered.swd.mean.toFixed(1)}, is not above ${full.swd.mean.toFixed(1)} + ${threshold.toFixed(1)}. The files of all settings are in the run folder.`,
  });
  const compressed = rows.filter((row) => row.layersG.length > 0);
  const timed = compressed.find((row) => row.layersD.length > 0) ?? compressed.at(-1);
  if (timed !== undefined) measureSpeed(context, timed);
  const summary: RunSummary = {
    fileBytesBefore: fullFile.length,
    fileBytesAfter: packed.length,
    ratio: fullFile.length / packed.length,
    swdFull: full.swd.mean,
    swdFinal: offered.swd.mean,
    noise: deviation,
    threshold,
    withinThreshold: offered.swd.mean <= limit,
    binarizedG: offered.layersG,
    binarizedD: offered.layersD,
    secondsTotal: secondsSoFar(context),
  };
  expectOk(run.updateRecord({ status: 'finished', summary }));
  const { model, report, grid } = runFiles;
  const finished = expectOk(run.appendEvent({ type: 'finished', summary, model, report, grid }));
  // The listener hears of the end when the report that it will open is there.
  expectOk(writeReport(run, platform));
  context.onEvent(finished);
  return summary;
}

function noiseOf(context: SessionContext, full: SettingRow): { deviation: number; threshold: number } {
  if (full.swd.values.length < 2) {
    emit(context, {
      type: 'note',
      text: `One seed: how much SWD varies between trainings is not known. T is ${smallestShare * 100} % of full precision's SWD.`,
    });
    return { deviation: 0, threshold: smallestShare * full.swd.mean };
  }
  const noise = noiseThreshold(full.swd.values, 'noise');
  emit(context, { type: 'noise', ...noise });
  return noise;
}

/** The file of a setting's first seed. */
function fileOf({ run }: SessionContext, results: readonly SettingResult[], row: SettingRow): Uint8Array {
  const result = results.find(({ setting }) => setting === row.setting);
  const bytes = result === undefined ? null : expectOk(run.readArtifact(result.model));
  if (bytes === null) throw new Error(`the model of setting ${row.setting} was written and is not there`);
  return bytes;
}
