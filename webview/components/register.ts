/** Tag names of the panel's elements, in one place; each file in this folder is named by its tag. */
import { DecisionTable } from './decision-table/decision-table.ts';
import { LatentStrip } from './latent-strip/latent-strip.ts';
import { WalkRow } from './latent-strip/walk-row.ts';
import { LossChart } from './loss-chart/loss-chart.ts';
import { LossTable } from './loss-chart/loss-table.ts';
import { MemoryBars } from './memory-bars/memory-bars.ts';
import { MessageList } from './message-list/message-list.ts';
import { RunBanners } from './run-banners/run-banners.ts';
import { RunHeader } from './run-header/run-header.ts';
import { SampleTile } from './sample-timeline/sample-tile.ts';
import { SampleTimeline } from './sample-timeline/sample-timeline.ts';
import { SettingsTable } from './settings-table/settings-table.ts';
import { SlimwiseRun } from './slimwise-run/slimwise-run.ts';
import { SummaryCard } from './summary-card/summary-card.ts';
import { SwdTable } from './swd-table/swd-table.ts';
import { VariantPicker } from './variant-picker/variant-picker.ts';

const elements: Readonly<Record<string, CustomElementConstructor>> = {
  'decision-table': DecisionTable,
  'latent-strip': LatentStrip,
  'loss-chart': LossChart,
  'loss-table': LossTable,
  'memory-bars': MemoryBars,
  'message-list': MessageList,
  'run-banners': RunBanners,
  'run-header': RunHeader,
  'sample-tile': SampleTile,
  'sample-timeline': SampleTimeline,
  'settings-table': SettingsTable,
  'slimwise-run': SlimwiseRun,
  'summary-card': SummaryCard,
  'swd-table': SwdTable,
  'variant-picker': VariantPicker,
  'walk-row': WalkRow,
};

export function registerComponents(): void {
  for (const [tag, element] of Object.entries(elements)) {
    if (customElements.get(tag) === undefined) customElements.define(tag, element);
  }
}
