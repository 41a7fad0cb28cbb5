/**
 * uPlot behind a small port: two series, raw and smoothed, in the theme's colours. It owns the canvas and
 * is disposed with its element; it draws what it is given and reports where the pointer is and which
 * range was dragged. Nothing here knows what a run is.
 */
import uPlot from 'uplot';
import type { DrawnLosses, StepRange } from './drawnLosses.ts';

export interface PlotColors {
  readonly generator: string;
  readonly discriminator: string;
  readonly text: string;
  readonly grid: string;
  readonly font: string;
}

export interface LossPlotOptions {
  readonly host: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly colors: () => PlotColors;
  /** The step under the pointer; null when it left. */
  readonly onPoint: (step: number | null) => void;
  readonly onZoom: (range: StepRange | null) => void;
}

export interface LossPlot {
  draw(data: DrawnLosses, range: StepRange): void;
  resize(width: number, height: number): void;
  /** Colours changed. */
  repaint(): void;
  /** Puts the crosshair on a step, for the keyboard. */
  point(step: number | null): void;
  /** Width of the plotting area in pixels of the screen. */
  columns(): number;
  dispose(): void;
}

/** Raw lines recede while smoothed ones are shown over them. */
const rawAlphaUnderSmooth = 0.3;

export function createLossPlot(options: LossPlotOptions): LossPlot {
  let range: StepRange = { from: 0, to: 1 };
  let smoothed = false;
  let colors = options.colors();

  const line = (color: () => string, raw: boolean): uPlot.Series => ({
    stroke: () => color(),
    width: raw ? 1 : 1.5,
    points: { show: (_plot, _series, from, to) => to - from < 30 },
    show: true,
  });
  const axis = (overrides: uPlot.Axis): uPlot.Axis => ({
    stroke: () => colors.text,
    font: `11px ${colors.font}`,
    grid: { stroke: () => colors.grid, width: 1 },
    ticks: { stroke: () => colors.grid, width: 1, size: 4 },
    gap: 4,
    ...overrides,
  });

  const plot = new uPlot(
    {
      width: options.width,
      height: options.height,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 6 },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => (options.onZoom(null), null) },
      },
      scales: { x: { time: false, range: () => [range.from, range.to] } },
      axes: [
        axis({ size: 28, space: 64, values: (_plot, splits) => splits.map(stepLabel) }),
        axis({ size: 40, space: 32, values: (_plot, splits) => splits.map((value) => lossLabel(value)) }),
      ],
      series: [
        {},
        line(() => colors.generator, true),
        line(() => colors.discriminator, true),
        line(() => colors.generator, false),
        line(() => colors.discriminator, false),
      ],
      hooks: {
        draw: [(self) => nameLines(self, smoothed ? 3 : 1, [colors.generator, colors.discriminator], colors.font)],
        setCursor: [
          (self) => {
            const { left } = self.cursor;
            options.onPoint(left === undefined || left === null || left < 0 ? null : self.posToVal(left, 'x'));
          },
        ],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 4) return;
            options.onZoom({ from: self.posToVal(left, 'x'), to: self.posToVal(left + width, 'x') });
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    [[], [], [], [], []],
    options.host,
  );

  return {
    draw(data, nextRange) {
      range = nextRange.from < nextRange.to ? nextRange : { from: nextRange.from, to: nextRange.from + 1 };
      const nowSmoothed = data.smoothG.length > 0;
      if (nowSmoothed !== smoothed) {
        smoothed = nowSmoothed;
        for (const series of plot.series.slice(1, 3)) series.alpha = smoothed ? rawAlphaUnderSmooth : 1;
      }
      const columns = smoothed ? [data.smoothG, data.smoothD] : [nothing(data), nothing(data)];
      plot.setData([data.steps, data.rawG, data.rawD, ...columns] as unknown as uPlot.AlignedData);
    },
    resize: (width, height) => plot.setSize({ width, height }),
    repaint() {
      colors = options.colors();
      for (const each of plot.axes) each.font = `11px ${colors.font}`;
      plot.redraw(false, true);
    },
    point(step) {
      plot.setCursor(step === null ? { left: -10, top: -10 } : { left: plot.valToPos(step, 'x'), top: 4 });
    },
    columns: () => Math.max(1, Math.round(plot.bbox.width)),
    dispose: () => plot.destroy(),
  };
}

function nothing(data: DrawnLosses): null[] {
  return new Array<null>(data.steps.length).fill(null);
}

/** `G` and `D` at the right ends of their lines, so that colour is not all that tells them apart. */
function nameLines(plot: uPlot, firstSeries: number, lineColors: readonly string[], font: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `600 ${11 * uPlot.pxRatio}px ${font}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const [i, name] of ['G', 'D'].entries()) {
    const values = plot.data[firstSeries + i];
    const last = values?.[values.length - 1];
    if (typeof last !== 'number') continue;
    ctx.fillStyle = lineColors[i] ?? '';
    ctx.fillText(name, bbox.left + bbox.width + 4 * uPlot.pxRatio, plot.valToPos(last, 'y', true));
  }
  ctx.restore();
}

function stepLabel(step: number): string {
  return 10_000 <= step ? `${Number((step / 1000).toPrecision(4))}k` : String(step);
}

function lossLabel(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '−');
}
