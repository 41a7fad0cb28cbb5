/**
 * The result of a run as text: whole files first, then the quality against its threshold, then Algorithm 1's
 * table, one row per layer. Everything comes from the run's own events.
 */
import type { RunSummary } from '../../core/session/runEvent.ts';
import type { RunState } from '../../core/session/runState.ts';
import { renderSettings } from './renderSettings.ts';
import { renderTable } from './renderTable.ts';
import { formatBytes, formatDuration, formatSigned } from '../../core/format/numbers.ts';

export function renderRunResult(state: RunState, summary: RunSummary): string {
  if (state.settings.length > 0) return settingsResult(state, summary);
  const lines = [
    '',
    `Whole file: ${formatBytes(summary.fileBytesBefore)} → ${formatBytes(summary.fileBytesAfter)}, ${summary.ratio.toFixed(1)} times smaller.`,
    `SWD ×10³: ${summary.swdFull.toFixed(1)} ± ${summary.noise.toFixed(1)} at full precision, ${summary.swdFinal.toFixed(1)} compressed: ${summary.withinThreshold ? 'within' : 'NOT within'} T = ${summary.threshold.toFixed(1)}.`,
    `Binarized in G: ${listed(summary.binarizedG)}; in D: ${listed(summary.binarizedD)}. ${formatDuration(summary.secondsTotal)} in all.`,
    '',
    ...decisionTable(state),
  ];
  return `${lines.join('\n')}\n`;
}

/** An experiment: the table of its settings, and the one that is offered. */
function settingsResult(state: RunState, summary: RunSummary): string {
  return [
    '',
    renderSettings(state.settings),
    `Offered: ${formatBytes(summary.fileBytesBefore)} → ${formatBytes(summary.fileBytesAfter)}, ${summary.ratio.toFixed(1)} times smaller, SWD ${summary.swdFinal.toFixed(1)} beside ${summary.swdFull.toFixed(1)} at full precision (T = ${summary.threshold.toFixed(1)}). ${formatDuration(summary.secondsTotal)} in all.`,
    '',
  ].join('\n');
}

function decisionTable(state: RunState): readonly string[] {
  if (state.decisions.length === 0) return [];
  const bytes = new Map(state.memory?.layers.map((layer) => [layer.name, layer]));
  const rows = state.decisions.map((decision) => {
    const size = bytes.get(decision.layer);
    return [
      decision.layer,
      decision.type,
      formatSigned(decision.dor),
      decision.tried ? (decision.accepted ? 'accepted' : 'not accepted') : 'not tried',
      `${decision.swdBefore.toFixed(1)} ± ${decision.noise.toFixed(1)}`,
      decision.swdAfter?.toFixed(1) ?? '–',
      size ? formatBytes(size.bytesBefore) : '?',
      size ? formatBytes(size.bytesAfter) : '?',
    ];
  });
  return renderTable(
    [
      { title: 'Layer', align: 'left' },
      { title: 'Type', align: 'left' },
      { title: 'DoR', align: 'right' },
      { title: 'Decision', align: 'left' },
      { title: 'SWD before', align: 'right' },
      { title: 'SWD after', align: 'right' },
      { title: 'Bytes before', align: 'right' },
      { title: 'Bytes after', align: 'right' },
    ],
    rows,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
