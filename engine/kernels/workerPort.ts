/**
 * A worker of the platform at hand: `Worker` where there is one (browsers, webviews), Node's worker threads elsewhere.
 * Node's module is named in a variable, so that a bundler for browsers does not look for it.
 */

export interface WorkerPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onError(listener: (error: Error) => void): void;
  end(): Promise<void>;
}

/** As much of both platforms as is used. */
interface WebWorker {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  terminate(): void;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: 'message' | 'error' | 'exit', listener: (value: never) => void): void;
  unref(): void;
  ref(): void;
  terminate(): Promise<number>;
}

interface NodeThreads {
  readonly Worker: new (url: URL) => NodeWorker;
  readonly parentPort: {
    postMessage(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
    on(event: 'message', listener: (message: unknown) => void): void;
  } | null;
}

interface WebScope {
  readonly Worker?: new (url: URL, options: { readonly type: 'module' }) => WebWorker;
  postMessage?(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
  onmessage?: ((event: { readonly data: unknown }) => void) | null;
}

const nodeThreads = 'node:worker_threads';
const scope = globalThis as WebScope;

export async function startWorker(url: URL): Promise<WorkerPort> {
  if (scope.Worker) {
    const worker = new scope.Worker(url, { type: 'module' });
    return {
      post: (message) => worker.postMessage(message),
      onMessage: (listener) => (worker.onmessage = ({ data }) => listener(data)),
      onError: (listener) =>
        (worker.onerror = ({ message }) => listener(new Error(message ?? `${url.href} did not start`))),
      end() {
        worker.terminate();
        return Promise.resolve();
      },
    };
  }
  const { Worker } = (await import(nodeThreads)) as NodeThreads;
  const worker = new Worker(url);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onError(listener) {
      worker.on('error', (error: unknown) => listener(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', () => listener(new Error('a worker ended')));
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** Inside a worker: calls `listener` with each message and a way to answer it. */
export async function listenAsWorker(
  listener: (message: unknown, answer: (message: unknown, transfer: readonly ArrayBufferLike[]) => void) => void,
): Promise<void> {
  if (typeof scope.postMessage === 'function') {
    scope.onmessage = ({ data }) => listener(data, (message, transfer) => scope.postMessage?.(message, transfer));
    return;
  }
  const { parentPort } = (await import(nodeThreads)) as NodeThreads;
  parentPort?.on('message', (message) =>
    listener(message, (reply, transfer) => parentPort.postMessage(reply, transfer)),
  );
}
