/**
 * What the extension tells other extensions and its own tests: read-only views of its state, as plain
 * data. Everything it does is a command.
 */
import type { ModelReport } from '../core/report/analyzeReport.ts';
import type { RunSummary } from '../core/session/runEvent.ts';
import type { OpenModelFile } from './modelFile/modelFileEditors.ts';
import type { ShownDataSet } from './commands/addDataSet.ts';
import type { ShownStatus } from './sessions/shownRun.ts';
import type { ShownWhatIf } from './whatIf/whatIfPanel.ts';

export interface SlimwiseApi {
  readonly version: 1;
  /** Milliseconds that `activate` took. */
  readonly activationMs: number;
  /** True while the language server answers. */
  languageReady(): boolean;
  /** Newest first. */
  runs(): readonly ApiRun[];
  panels(): readonly ApiPanel[];
  /** Ids of the runs on each open page that compares some. */
  comparisons(): readonly (readonly string[])[];
  explorers(): readonly ApiExplorer[];
  /** Open dialogs for data sets. */
  dataSets(): readonly ShownDataSet[];
  /** Editors of model files. */
  modelFiles(): readonly OpenModelFile[];
  /** The what-if page; null while none is open. */
  whatIf(): ShownWhatIf | null;
  /** Title of the list about an edit that waits for an answer. */
  question(): string | null;
  activeModel(): ApiModels | null;
  /** The row of the Models tree that is selected: `Generator/main.0`, or a model's name. */
  selectedRow(): string | null;
  /** Text of the status bar item; null while it is hidden. */
  statusText(): string | null;
}

export interface ApiRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly status: ShownStatus;
  readonly live: boolean;
  readonly nEvents: number;
  readonly stepsDone: number;
  readonly enginePid: number | null;
  readonly summary: RunSummary | null;
}

export interface ApiPanel {
  readonly runId: string;
  readonly visible: boolean;
  /** Its page asked for the run and was answered. */
  readonly ready: boolean;
}

export interface ApiExplorer {
  /** A run's id or a file's path; null: the empty page. */
  readonly model: string | null;
  readonly visible: boolean;
  /** Its page asked for the model and was answered. */
  readonly ready: boolean;
}

export interface ApiModels {
  readonly uri: string;
  readonly shown: string;
  readonly models: readonly ModelReport[];
}
