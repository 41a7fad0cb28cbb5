/**
 * The engine as its parent process sees it: requests in, one answer to each, events and heartbeats out.
 * One run at a time. When the parent goes away the run is saved and the engine ends; nothing that arrives
 * can make it throw. The transport comes in as a port, so that tests need no process.
 */
import { failure, success, type Result } from '../../core/result.ts';
import {
  heartbeatMs,
  isHostMessage,
  type EngineMessage,
  type HostMessage,
  type StartArgs,
} from '../../core/session/engineProtocol.ts';
import type { ReportPlatform } from '../runs/report/reportData.ts';
import { realPorts } from '../runs/runStore.ts';
import { forkTrainer } from './forkTrainer.ts';
import { bytesFree } from './platform.ts';
import { engineBusy, messageNotUnderstood } from './problems.ts';
import { runSession } from './runSession.ts';
import { createSessionControl, type SessionControl } from './sessionControl.ts';

export interface EnginePort {
  send(message: EngineMessage): void;
}

export interface ServedEngine {
  receive(message: unknown): void;
  /** Saves and ends whatever runs; resolves when it is safe to exit. */
  stop(): Promise<void>;
}

interface Running {
  readonly control: SessionControl;
  readonly done: Promise<void>;
  folder: string;
}

export function serveEngine(port: EnginePort, platform: ReportPlatform, onBug: (error: unknown) => void): ServedEngine {
  let running: Running | null = null;

  const answer = (id: number, result: Result<unknown>): void => port.send({ kind: 'answer', id, result });

  const start = (id: number, args: StartArgs): void => {
    if (running) {
      answer(id, failure(engineBusy(running.folder)));
      return;
    }
    const control = createSessionControl();
    let answered = false;
    let toldFailure = false;
    const session = runSession({
      args,
      store: realPorts((problem) => port.send({ kind: 'problem', problem })),
      platform,
      control,
      trainers: { start: forkTrainer, bytesFree },
      onImages: (done, total) => port.send({ kind: 'images', done, total }),
      onStarted: (started) => {
        answered = true;
        if (running) running.folder = started.runFolder;
        answer(id, success(started));
      },
      onEvent: (event) => {
        toldFailure ||= event.type === 'failed';
        port.send({ kind: 'event', event });
      },
      onBug,
    });
    const done = session
      .then((result) => {
        if (result.ok) return;
        if (!answered) answer(id, result);
        else if (!toldFailure) port.send({ kind: 'problem', problem: result.problem });
      })
      .finally(() => (running = null));
    running = { control, done, folder: args.runFolder ?? args.planPath };
  };

  const handle = (message: HostMessage): void => {
    switch (message.method) {
      case 'start':
        start(message.id, message.args);
        return;
      case 'cancel':
      case 'pause':
      case 'resume':
        running?.control[message.method]();
        answer(message.id, success(null));
    }
  };

  port.send({ kind: 'hello', version: 1, pid: process.pid });
  const heartbeat = setInterval(
    () => port.send({ kind: 'heartbeat', at: Date.now(), rssBytes: process.memoryUsage.rss() }),
    heartbeatMs,
  );

  return {
    receive(message) {
      if (isHostMessage(message)) handle(message);
      else port.send({ kind: 'problem', problem: messageNotUnderstood() });
    },
    async stop() {
      clearInterval(heartbeat);
      running?.control.interrupt();
      await running?.done;
    },
  };
}
