/**
 * The panel's side of the conversation with the host: asks for the run, reduces what is pushed, sends
 * requests. Pushes are collected and reduced once per frame (`schedule`), however fast they come.
 * It touches no DOM: the port, the frame and the subscriber are given, so tests run it against the
 * real RPC server in memory.
 */
import { createRpcClient, type RpcClient, type RpcPort } from '../../core/rpc/rpc.ts';
import type { PanelPush, PanelRequests } from '../../core/session/panelProtocol.ts';
import type { VariantId } from '../../core/session/runEvent.ts';
import type { Result } from '../../core/result.ts';
import { initialPanelState, isPanelPush, reducePanel, type PanelMessage, type PanelState } from './panelState.ts';
import type { RunAction } from './runStatus.ts';

export interface PanelStore {
  state(): PanelState;
  /** Asks the host for the run; again after a failure. */
  load(): Promise<void>;
  /** Give everything that arrives from the host to this. */
  receive(message: unknown): void;
  act(action: RunAction): Promise<void>;
  openLayer(layer: string): Promise<void>;
  saveWalk(which: { readonly variant: VariantId; readonly step: number }): Promise<void>;
  dismissProblem(): void;
  readonly request: RpcClient<PanelRequests>['call'];
}

export interface PanelStoreOptions {
  readonly port: RpcPort;
  /** Calls back before the next frame. */
  readonly schedule: (callback: () => void) => void;
  readonly onChange: (state: PanelState) => void;
}

export function createPanelStore(options: PanelStoreOptions): PanelStore {
  const client = createRpcClient<PanelRequests>(options.port);
  let state = initialPanelState;
  let waiting: PanelPush[] = [];

  const apply = (...messages: readonly PanelMessage[]): void => {
    const next = messages.reduce(reducePanel, state);
    if (next === state) return;
    state = next;
    options.onChange(state);
  };
  const push = (message: PanelPush): void => {
    waiting.push(message);
    if (waiting.length > 1) return;
    options.schedule(() => {
      const messages = waiting;
      waiting = [];
      apply(...messages);
    });
  };
  const report = (result: Result<unknown>): void => {
    if (!result.ok) apply({ type: 'requestFailed', problem: result.problem });
  };

  return {
    state: () => state,
    async load() {
      const result = await client.call('ready', {});
      apply(result.ok ? { type: 'init', init: result.value } : { type: 'initFailed', problem: result.problem });
    },
    receive(message) {
      if (client.receive(message)) return;
      if (isPanelPush(message)) push(message);
    },
    async act(action) {
      report(await client.call(action, {}));
    },
    async openLayer(layer) {
      report(await client.call('openLayer', { layer }));
    },
    async saveWalk(which) {
      report(await client.call('saveWalk', which));
    },
    dismissProblem: () => apply({ type: 'problemDismissed' }),
    request: client.call,
  };
}
