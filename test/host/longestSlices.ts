/**
 * How long the extension host's thread was busy without a pause, from a processor profile that it takes of itself,
 * and how much of that was this extension: samples with our script on the stack, or with what Node does to
 * receive our server's messages, and the garbage collected in between. A stretch ends where the thread rests or turns
 * to another event. A thread that waits for a processor counts as working, up to a point: these are upper bounds on a
 * busy machine.
 */
import { Session, type Profiler } from 'node:inspector';
import { promisify } from 'node:util';

export interface LongestSlices {
  /** Of anybody's work, VS Code's own too. */
  readonly anybodysMs: number;
  /** Of our work within one stretch. */
  readonly ownMs: number;
}

const samplingMicroseconds = 250;
/** A sample that stands for more than four intervals was taken after another program had had the processor. */
const mostMsPerSample = 1;

export async function longestSlices(work: () => Promise<void>): Promise<LongestSlices> {
  const session = new Session();
  session.connect();
  try {
    const post = promisify(session.post.bind(session)) as (method: string, params?: object) => Promise<unknown>;
    await post('Profiler.enable');
    await post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
    await post('Profiler.start');
    await work();
    const { profile } = (await post('Profiler.stop')) as Profiler.StopReturnType;
    return slicesOf(profile);
  } finally {
    session.disconnect();
  }
}

type Kind = 'own' | 'other' | 'garbage' | 'idle';

function slicesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): LongestSlices {
  const { kinds, events } = kindsOf(nodes);
  let [anybodysMs, ownMs] = [0, 0];
  let [busy, own, garbage] = [0, 0, 0];
  let event: number | undefined;
  for (const [idx, id] of samples.entries()) {
    // A sample stands for the time until the next.
    const ms = Math.min((timeDeltas[idx + 1] ?? 0) / 1000, mostMsPerSample);
    const kind = kinds.get(id) ?? 'other';
    const isNext = kind === 'idle' || (kind !== 'garbage' && events.get(id) !== event);
    if (isNext) [busy, own, garbage] = [0, 0, 0];
    if (kind !== 'garbage') event = kind === 'idle' ? undefined : events.get(id);
    if (kind !== 'idle') busy += ms;
    if (kind === 'own') own += ms;
    if (kind === 'garbage') garbage += ms;
    anybodysMs = Math.max(anybodysMs, busy);
    if (own > 0) ownMs = Math.max(ownMs, own + garbage);
  }
  return { anybodysMs, ownMs };
}

/** `events`: the outermost function of each stack, which is what Node called for an event. */
function kindsOf(nodes: readonly Profiler.ProfileNode[]): {
  readonly kinds: ReadonlyMap<number, Kind>;
  readonly events: ReadonlyMap<number, number>;
} {
  const [root] = nodes;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kinds = new Map<number, Kind>();
  const events = new Map<number, number>();
  const visit = (node: Profiler.ProfileNode, above: Kind, event: number): void => {
    const { functionName, url } = node.callFrame;
    // What Node reads from a child's channel is our server's, but for a few words of VS Code's own servers.
    const isOwn = /[\\/]slimwise[^\\/]*[\\/]dist[\\/]/.test(url) || functionName === 'channel.onread';
    const kind: Kind =
      functionName === '(garbage collector)'
        ? 'garbage'
        : functionName === '(idle)' || functionName === '(program)'
          ? 'idle'
          : above === 'own' || isOwn
            ? 'own'
            : 'other';
    kinds.set(node.id, kind);
    events.set(node.id, event);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) visit(child, kind, node === root ? id : event);
    }
  };
  if (root !== undefined) visit(root, 'other', root.id);
  return { kinds, events };
}
