/**
 * Everything a report says, as plain data: this is `report.json`, and the page is drawn from it alone.
 * Numbers are those of the journal and the record; what was not measured is null, with no stand-in.
 */
import type { LayerDecision, RunSummary } from '../../../core/session/runEvent.ts';
import type { RunRecord } from '../../../core/session/runRecord.ts';
import type { RunState } from '../../../core/session/runState.ts';
import type { MemoryAccount } from './memoryAccount.ts';

/** The machine that a run was made on, in words. */
export interface ReportPlatform {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export interface ReportVariant {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly losses: readonly { readonly step: number; readonly lossD: number; readonly lossG: number }[];
  readonly evaluations: RunState['variants'][number]['evaluations'];
  /** The last sample's path inside the run folder. */
  readonly sample: string | null;
}

export interface ReportData {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: string;
  readonly short: boolean;
  readonly seed: number;
  readonly backend: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, string>>;
  readonly data: RunRecord['data'];
  readonly plan: unknown;
  readonly platform: ReportPlatform;
  readonly summary: RunSummary | null;
  readonly decisions: readonly LayerDecision[];
  /** Of an experiment: one result per setting and seed. */
  readonly settings: RunState['settings'];
  /** Of training, with and without what was compressed. */
  readonly speed: RunState['speed'];
  readonly noise: RunState['noise'];
  readonly memory: RunState['memory'];
  readonly account: MemoryAccount | null;
  readonly variants: readonly ReportVariant[];
  readonly notes: readonly string[];
  readonly problems: RunState['problems'];
  readonly expected: RunState['expected'];
  /** Pauses and gaps before a resume do not count. */
  readonly secondsWorked: number;
}

export function buildReportData(
  record: RunRecord,
  state: RunState,
  platform: ReportPlatform,
  account: MemoryAccount | null,
): ReportData {
  const { id, name, createdAt, short, seed, backend, threads, versions, sources, data, plan } = record;
  return {
    format: 1,
    id,
    name,
    createdAt,
    status: state.status,
    short,
    seed,
    backend,
    threads,
    versions,
    sources,
    data,
    plan,
    platform,
    summary: state.summary ?? record.summary,
    decisions: state.decisions,
    settings: state.settings,
    speed: state.speed,
    noise: state.noise,
    memory: state.memory,
    account,
    variants: state.variants.map(({ info, losses, evaluations, samples }) => ({
      id: info.id,
      label: info.label,
      kind: info.kind,
      layersG: info.layersG,
      layersD: info.layersD,
      losses,
      evaluations,
      sample: samples.at(-1)?.file ?? null,
    })),
    notes: state.notes,
    problems: state.problems,
    expected: state.expected,
    secondsWorked: state.workedMs / 1000,
  };
}
