/**
 * How much processor time the page's own thread spends on each frame while something is done: thread time from
 * Chromium's tracing, which unlike the time between frames does not grow when other programs want the processor.
 */
import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Thread time in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: unknown };
}

export async function frameWork<T>(
  page: Page,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly mainThreadMs: readonly number[] }> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'cc'] },
  });
  const result = await action();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return { result, mainThreadMs: byFrame(events) };
}

/** The tasks of the renderer's main thread, summed from one frame's beginning to the next one's. */
function byFrame(events: readonly TraceEvent[]): readonly number[] {
  const mainThreads = new Set(
    events.flatMap(({ name, pid, tid, args }) =>
      name === 'thread_name' && args?.name === 'CrRendererMain' ? [`${pid}:${tid}`] : [],
    ),
  );
  const own = events.filter(({ ph, pid, tid }) => ph === 'X' && mainThreads.has(`${pid}:${tid}`));
  const starts = own.filter(({ name }) => name === 'ProxyMain::BeginMainFrame').map(({ ts }) => ts);
  starts.sort((a, b) => a - b);
  const sums = new Array<number>(starts.length).fill(0);
  const tasks = own.filter(({ name }) => name === 'ThreadControllerImpl::RunTask').sort((a, b) => a.ts - b.ts);
  let frame = -1;
  for (const { ts, tdur = 0 } of tasks) {
    // The task that holds a frame's beginning starts just before it.
    while (frame + 1 < starts.length && (starts[frame + 1] ?? 0) <= ts + 1000 * longestHeadMs) frame++;
    if (frame >= 0) sums[frame] = (sums[frame] ?? 0) + tdur / 1000;
  }
  return sums;
}

const longestHeadMs = 0.5;
