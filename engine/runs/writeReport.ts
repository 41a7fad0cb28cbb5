/**
 * Writes a run's report beside it: `report.html` for people and `report.json` for programs, both made from
 * nothing but the run folder (its record, journal and samples), so that a report can be made again at any
 * time and always says what the folder says.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRunAll, type RunState } from '../../core/session/runState.ts';
import { figureRun, type FigureRun } from './report/figures/figureRun.ts';
import { figureSection } from './report/figures/renderFigures.ts';
import { memoryAccount } from './report/memoryAccount.ts';
import { buildReportData, type ReportPlatform } from './report/reportData.ts';
import { walkSection } from './report/walkSection.ts';
import { renderReport } from './report/renderReport.ts';
import { settingSection } from './report/settingSection.ts';
import { isPlainName, type Run } from './runStore.ts';

export interface WrittenReport {
  /** Absolute paths. */
  readonly html: string;
  readonly json: string;
}

/** `platform` is the machine the run was made on, in words; it is shown as given. */
export function writeReport(run: Run, platform: ReportPlatform): Result<WrittenReport> {
  const journal = run.readJournal();
  if (!journal.ok) return journal;
  const state = reduceRunAll(initialRunState, journal.value.events);
  const images = new Map<string, Uint8Array>();
  for (const name of reportImages(state)) {
    const png = run.readImage(name);
    if (!png.ok) return failure(png.problem);
    if (png.value !== null) images.set(name, png.value);
  }
  const full = run.readArtifact(runFiles.fullModel);
  if (!full.ok) return full;
  const packed = run.readArtifact(runFiles.model);
  if (!packed.ok) return packed;
  const data = buildReportData(run.record(), state, platform, memoryAccount(full.value, packed.value));
  const readable = figureRunOf(run, state);
  const json = run.writeArtifact(runFiles.reportData, `${JSON.stringify(data, null, 2)}\n`);
  if (!json.ok) return json;
  const html = run.writeArtifact(
    runFiles.report,
    renderReport({
      data,
      images,
      settings: settingSection(run.record(), state),
      walk: walkSection(readable),
      figures: figureSection([readable]),
    }),
  );
  return html.ok ? success({ html: html.value, json: json.value }) : html;
}

/** The run as its figures are made of it. */
function figureRunOf(run: Run, state: RunState): FigureRun {
  const whereReadable = (result: Result<Uint8Array | null>): Uint8Array | null => (result.ok ? result.value : null);
  return figureRun({
    record: run.record(),
    state,
    image: (name) => whereReadable(run.readImage(name)),
    file: (name) => (isPlainName(name) ? whereReadable(run.readArtifact(name)) : null),
  });
}

/** The last sample of every variant, the real images, and the final grid. */
function reportImages(state: RunState): readonly string[] {
  const samples = state.variants.flatMap(({ samples }) => samples.at(-1)?.file ?? []);
  return [...samples, runFiles.realSample, runFiles.grid];
}
