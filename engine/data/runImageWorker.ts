/**
 * Starts the worker thread that has a set ready in the cache, and passes on what it says. Beside a bundle it is
 * `imageWorker.mjs`, in the sources `imageWorker.ts`; where neither can be found the work is done in this thread,
 * which gives the same set.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Result } from '../../core/result.ts';
import { realDisk } from '../runs/diskPort.ts';
import { realProcesses } from '../runs/runLock.ts';
import type { ImageWork, ImageWorkerMessage } from './imageWorker.ts';
import type { ImageRequest } from './openImages.ts';
import { prepareImages, type CachePlace, type PreparedImages } from './prepareImages.ts';

export function runImageWorker(request: ImageRequest, place: CachePlace): Promise<Result<PreparedImages>> {
  const entry = ['./imageWorker.mjs', './imageWorker.ts']
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(url));
  if (entry === undefined) {
    return prepareImages(request, place, { disk: realDisk, processes: realProcesses, nowMs: Date.now });
  }
  const { path, size, channels, limit, onProgress, signal } = request;
  const work: ImageWork = { request: { path, size, channels, ...(limit === undefined ? {} : { limit }) }, place };
  return new Promise((resolve, reject) => {
    const worker = startWorker(entry, work);
    const cancel = (): void => worker.postMessage('cancel');
    const settled = (): void => signal?.removeEventListener('abort', cancel);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    worker.on('message', (message: ImageWorkerMessage) => {
      if (message.kind === 'progress') return onProgress?.(message.done, message.total);
      settled();
      resolve(message.result);
    });
    worker.on('error', (error) => {
      settled();
      reject(error);
    });
    // After an answer this changes nothing.
    worker.on('exit', (code) => {
      settled();
      reject(new Error(`the thread that reads images ended with code ${code}`));
    });
  });
}

/** From the sources a thread needs the loader for TypeScript that this process was started with, and does not inherit. */
function startWorker(entry: URL, workerData: ImageWork): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { workerData });
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
  return new Worker(start, { eval: true, workerData });
}
