/**
 * The panel's side of the conversation, against the real RPC server in memory: one request, one answer;
 * pushes reduced once per frame; failures shown and repaired; what is no message dropped.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRpcServer, ProblemError, type MethodMap } from '../../core/rpc/rpc.ts';
import type { PanelInit, PanelRequests } from '../../core/session/panelProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import type { RunRecord, RunStatus } from '../../core/session/runRecord.ts';
import { createPanelStore, type PanelStore } from './panelStore.ts';
import { offeredActions, shownStatus, workedSeconds } from './runStatus.ts';
import { initialPanelState, reducePanel, type PanelState } from './panelState.ts';
import { initialViewState, restoreViewState } from './viewState.ts';

describe('the panel store', () => {
  it('loads the run and ignores pushes that the answer already held', async () => {
    const { store, frame } = connect({ init: init([started(1), step(2, 1), step(3, 2)]) });
    store.receive({ type: 'events', events: [step(3, 2)] });
    await store.load();
    frame();
    assert.equal(store.state().phase, 'ready');
    assert.deepEqual(
      store.state().run.variants[0]?.losses.map((point) => point.step),
      [1, 2],
    );
  });

  it('reduces many pushes of one frame at once', async () => {
    const { store, frame, changes } = connect({ init: init([started(1)]) });
    await store.load();
    const before = changes();
    for (let i = 0; i < 50; i++) store.receive({ type: 'events', events: [step(2 + i, 1 + i)] });
    assert.equal(changes(), before);
    frame();
    assert.equal(changes(), before + 1);
    assert.equal(store.state().run.variants[0]?.losses.length, 50);
  });

  it('drops what is not a push', async () => {
    const { store, frame, changes } = connect({ init: init([started(1)]) });
    await store.load();
    const before = changes();
    for (const odd of [
      null,
      7,
      'events',
      {},
      { type: 'events' },
      { type: 'events', events: [{}] },
      { type: 'engine' },
    ]) {
      store.receive(odd);
    }
    frame();
    assert.equal(changes(), before);
  });

  it('sends each button as its request', async () => {
    const { store, calls } = connect({ init: init([]) });
    await store.act('pause');
    await store.act('continueRun');
    await store.openLayer('main.0');
    assert.deepEqual(calls, [
      ['pause', {}],
      ['continueRun', {}],
      ['openLayer', { layer: 'main.0' }],
    ]);
  });

  it('shows why a request failed until it is dismissed, and why loading failed until it works', async () => {
    const failing = connect({ init: init([]), failWith: 'SWP_BUSY' });
    await failing.store.load();
    assert.equal(failing.store.state().phase, 'failed');
    assert.equal(failing.store.state().problem?.code, 'SWP_BUSY');

    const { store } = connect({ init: init([]), failWith: 'SWP_BUSY', failOnly: 'cancel' });
    await store.load();
    await store.act('cancel');
    assert.equal(store.state().problem?.code, 'SWP_BUSY');
    store.dismissProblem();
    assert.equal(store.state().problem, null);
  });
});

describe('what the panel says and offers', () => {
  const panel = (status: RunStatus, live: boolean, events: RunEvent[] = [started(1)], trusted = true): PanelState =>
    reducePanel(initialPanelState, { type: 'init', init: { ...init(events), record: record(status), live, trusted } });
  const offered = (state: PanelState): string[] => offeredActions(state).map((offer) => offer.action);

  it('offers pause and cancel while it runs, and continue when nobody runs it any more', () => {
    assert.deepEqual(offered(panel('running', true)), ['pause', 'cancel']);
    assert.equal(shownStatus(panel('running', false)), 'interrupted');
    assert.deepEqual(offered(panel('running', false)), ['continueRun']);
  });

  it('leaves alone what another window runs, and offers to cancel an engine that hangs', () => {
    const held = reducePanel(panel('running', false), {
      type: 'record',
      record: record('running'),
      live: false,
      held: true,
    });
    assert.equal(shownStatus(held), 'elsewhere');
    assert.deepEqual(offered(held), []);
    const hanging = reducePanel(panel('running', true), { type: 'engine', responding: false, rssBytes: 1 });
    assert.equal(shownStatus(hanging), 'notResponding');
    assert.deepEqual(offered(hanging), ['cancel']);
    const gone = reducePanel(hanging, { type: 'record', record: record('running'), live: false });
    assert.equal(shownStatus(gone), 'interrupted');
  });

  it('offers resume when paused, the report when finished', () => {
    assert.deepEqual(offered(panel('paused', true, [started(1), event(2, { type: 'paused' })])), ['resume', 'cancel']);
    assert.deepEqual(offered(panel('finished', false)), ['exploreLatents', 'openReport', 'exportModel', 'revealModel']);
    assert.deepEqual(offered(panel('failed', false)), ['continueRun']);
  });

  it('believes the journal where the record was not written any more', () => {
    assert.equal(shownStatus(panel('running', false, [started(1), event(2, { type: 'cancelled' })])), 'cancelled');
  });

  it('disables what would run something in Restricted Mode, and nothing else', () => {
    assert.deepEqual(offeredActions(panel('interrupted', false, [started(1)], false)), [
      { action: 'continueRun', primary: true, enabled: false },
    ]);
    assert.ok(offeredActions(panel('finished', false, [started(1)], false)).every((offer) => offer.enabled));
  });

  it('counts time worked only while an engine works', () => {
    const events = [started(1), step(2, 1)];
    assert.equal(workedSeconds(panel('running', true, events), 12_000), 11);
    assert.equal(workedSeconds(panel('interrupted', false, events), 999_000), 1);
    assert.equal(workedSeconds(initialPanelState, 5), null);
  });
});

describe('choices of the user', () => {
  it('come back as they were, and as defaults where they make no sense', () => {
    const view = { ...initialViewState, variant: 'final', step: 25, smooth: false };
    assert.deepEqual(restoreViewState(JSON.parse(JSON.stringify(view))), view);
    for (const odd of [null, 'x', [], { variant: 3, step: 'a', smooth: 1, lossTable: 0, sort: { column: 'no' } }]) {
      assert.deepEqual(restoreViewState(odd), initialViewState);
    }
  });
});

interface Connection {
  readonly store: PanelStore;
  readonly calls: readonly (readonly [string, unknown])[];
  frame(): void;
  changes(): number;
}

function connect(options: { init: PanelInit; failWith?: string; failOnly?: string }): Connection {
  const calls: [string, unknown][] = [];
  const frames: (() => void)[] = [];
  let nChanges = 0;
  const serve = <T>(method: string, args: unknown, value: T): T => {
    calls.push([method, args]);
    if (options.failWith !== undefined && (options.failOnly ?? method) === method) {
      throw new ProblemError({ code: options.failWith, message: 'It is busy.', hint: 'Wait.' });
    }
    return value;
  };
  const methods: MethodMap<PanelRequests> = {
    ready: (args) => serve('ready', args, options.init),
    cancel: (args) => serve('cancel', args, null),
    pause: (args) => serve('pause', args, null),
    resume: (args) => serve('resume', args, null),
    continueRun: (args) => serve('continueRun', args, null),
    openReport: (args) => serve('openReport', args, null),
    revealModel: (args) => serve('revealModel', args, null),
    exploreLatents: (args) => serve('exploreLatents', args, null),
    exportModel: (args) => serve('exportModel', args, null),
    openLayer: (args) => serve('openLayer', args, null),
    sample: (args) => serve('sample', args, { uri: 'uri' }),
    walk: (args) => serve('walk', args, { uri: 'uri' }),
    saveWalk: (args) => serve('saveWalk', args, null),
    realSample: (args) => serve('realSample', args, { uri: 'uri' }),
  };
  const server = createRpcServer<PanelRequests>(
    { post: (message) => store.receive(message) },
    methods,
    () => undefined,
  );
  const store = createPanelStore({
    port: { post: (message) => void server.receive(message) },
    schedule: (callback) => void frames.push(callback),
    onChange: () => nChanges++,
  });
  return {
    store,
    calls,
    frame: () => frames.splice(0).forEach((callback) => callback()),
    changes: () => nChanges,
  };
}

function init(events: readonly RunEvent[]): PanelInit {
  return { record: record('running'), events, live: true, trusted: true };
}

function record(status: RunStatus): RunRecord {
  return {
    format: 1,
    id: 'r',
    name: 'Run',
    createdAt: '',
    status,
    planPath: '',
    plan: {},
    short: false,
    backend: 'cpu',
    threads: 1,
    seed: 1,
    sources: {},
    data: { fingerprint: '', nImages: 1 },
    versions: {},
    summary: null,
  };
}

function event(seq: number, body: { readonly type: 'paused' | 'cancelled' }): RunEvent {
  return { ...body, seq, at: 1000 * seq };
}

function step(seq: number, at: number): RunEvent {
  return { type: 'step', variant: 'full', step: at, lossD: 1, lossG: 1, stepMs: 1, seq, at: 1000 * seq };
}

function started(seq: number): RunEvent {
  return {
    type: 'started',
    backend: 'cpu',
    backendWhy: '',
    threads: 1,
    variants: [{ id: 'full', label: 'Full', kind: 'full', layersG: [], layersD: [], steps: 10 }],
    expectedSeconds: 1,
    expectedBytes: 1,
    nImages: 1,
    resumedFromStep: null,
    seq,
    at: 1000 * seq,
  };
}
