/**
 * Starts or resumes a run while a word in the status bar says what happens; where its images take long to read, a
 * notification says how far that is and how long it takes, and stops it. A stop is what the user wanted, so it is no
 * problem to show.
 */
import { ProgressLocation, window, type Progress } from 'vscode';
import { formatDuration, formatExact } from '../../core/format/numbers.ts';
import { success, type Result } from '../../core/result.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { Reading } from '../sessions/runSessions.ts';

/** null: the user stopped it. */
export async function whileReading(
  begin: (reading: Reading) => Promise<Result<RunFolder>>,
): Promise<Result<RunFolder | null>> {
  const stop = new AbortController();
  const beganMs = performance.now();
  let shown: Progress<{ message: string; increment: number }> | null = null;
  let asked = false;
  let lastDone = 0;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));

  const notify = (): void => {
    asked = true;
    void window.withProgress(
      { location: ProgressLocation.Notification, title: 'Slimwise: reading the images', cancellable: true },
      (progress, token) => {
        shown = progress;
        token.onCancellationRequested(() => stop.abort());
        return ended;
      },
    );
  };
  const onImages = (done: number, total: number): void => {
    const elapsed = (performance.now() - beganMs) / 1000;
    if (elapsed < quietSeconds || total === 0) return;
    if (!asked) notify();
    const left = (elapsed / Math.max(1, done)) * (total - done);
    const message = `${formatExact(done)} of ${formatExact(total)}, ${formatDuration(left)} left`;
    shown?.report({ message, increment: (100 * (done - lastDone)) / total });
    if (shown !== null) lastDone = done;
  };

  const begun = await window.withProgress(
    { location: ProgressLocation.Window, title: 'Slimwise: reading the models and images' },
    () => begin({ onImages, signal: stop.signal }).finally(end),
  );
  return !begun.ok && stop.signal.aborted && begun.problem.code === 'SWP_IMAGES_CANCELLED' ? success(null) : begun;
}

/** What is read sooner needs no notification. */
const quietSeconds = 2;
