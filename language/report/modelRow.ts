/**
 * One layer twice: as the graph has it (typed attributes) and as the report prints it (costs). What is
 * drawn in the editor needs both; what leaves the process is the report alone.
 */
import type { NetworkSensitivity } from '../../core/sensitivity/sensitivityFile.ts';
import type { Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';

export interface ModelRow {
  readonly layer: Layer;
  readonly row: LayerReport;
}

/** A model with its costs, before any rule has looked at it. */
export interface CostedModel {
  /** What a run measured of its layers; null: nothing. */
  readonly measured: NetworkSensitivity | null;
  readonly graph: ModelGraph;
  /** In the order of `report.layers`. */
  readonly rows: readonly ModelRow[];
  readonly report: Omit<ModelReport, 'findings'>;
}
