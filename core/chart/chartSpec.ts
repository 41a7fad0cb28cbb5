/**
 * What a chart says, apart from how it is drawn: axes, and series of measured points with the interval that
 * each is known to. The report, the comparison of runs and the run panel draw from the same description, and
 * the table behind a chart and its CSV come from it too, so a figure and its numbers cannot differ. Plain data.
 */
export interface ChartSpec {
  /** Names the chart for people who do not see it, and its exported files. */
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
}

export interface ChartAxis {
  readonly label: string;
  /** Named positions 0, 1, 2 … instead of a scale. */
  readonly categories?: readonly string[];
  /** The axis begins at zero. */
  readonly fromZero?: boolean;
  /** No value can be below: intervals that reach further are cut off here. */
  readonly lowest?: number;
  /** Values beyond are drawn at the edge: one spike must not flatten everything. */
  readonly highest?: number;
}

export interface ChartSeries {
  readonly name: string;
  readonly kind: 'line' | 'points' | 'bars';
  readonly points: readonly ChartPoint[];
  /** Place in the palette; series of one subject share it. Default: the position among the series. */
  readonly color?: number;
  /** Dashes tell series of one colour apart. */
  readonly dashed?: boolean;
  /** Drawn thin, without markers: every step behind its mean. */
  readonly faint?: boolean;
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval that `y` is known to; absent where it was measured once. */
  readonly low?: number;
  readonly high?: number;
}
