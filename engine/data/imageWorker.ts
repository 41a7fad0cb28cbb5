/**
 * The worker thread that decodes a set into the cache, so that the engine goes on answering meanwhile. It gets its
 * work as `workerData`, sends how far it is and then one answer; any message to it is a cancel.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { realDisk } from '../runs/diskPort.ts';
import { realProcesses } from '../runs/runLock.ts';
import type { ImageRequest } from './openImages.ts';
import { prepareImages, type CachePlace, type PreparedImages } from './prepareImages.ts';
import type { Result } from '../../core/result.ts';

export interface ImageWork {
  readonly request: Pick<ImageRequest, 'path' | 'size' | 'channels' | 'limit'>;
  readonly place: CachePlace;
}

export type ImageWorkerMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly result: Result<PreparedImages> };

const cancel = new AbortController();
parentPort?.on('message', () => cancel.abort());
const { request, place } = workerData as ImageWork;
const result = await prepareImages(
  {
    ...request,
    signal: cancel.signal,
    onProgress: (done, total) =>
      parentPort?.postMessage({ kind: 'progress', done, total } satisfies ImageWorkerMessage),
  },
  place,
  { disk: realDisk, processes: realProcesses, nowMs: Date.now },
);
parentPort?.postMessage({ kind: 'done', result } satisfies ImageWorkerMessage);
parentPort?.close();
