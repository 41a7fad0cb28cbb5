/**
 * How long the extension host's thread was busy without a pause, from a processor profile that it takes of itself,
 * and how much of that was this extension: samples with our script on the stack, or with what Node does to send and
 * receive our server's messages, and the garbage collected in between. A thread that waits for a processor counts as
 * working, so these are upper bounds on a busy machine.
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
  const kinds = kindsOf(nodes);
  let [anybodysMs, ownMs] = [0, 0];
  let [busy, own, garbage] = [0, 0, 0];
  for (const [idx, id] of samples.entries()) {
    // A sample stands for the time until the next.
    const ms = (timeDeltas[idx + 1] ?? 0) / 1000;
    const kind = kinds.get(id) ?? 'other';
    if (kind === 'idle') [busy, own, garbage] = [0, 0, 0];
    else busy += ms;
    if (kind === 'own') own += ms;
    if (kind === 'garbage') garbage += ms;
    anybodysMs = Math.max(anybodysMs, busy);
    if (own > 0) ownMs = Math.max(ownMs, own + garbage);
  }
  return { anybodysMs, ownMs };
}

function kindsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Kind> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kinds = new Map<number, Kind>();
  const visit = (node: Profiler.ProfileNode, above: Kind): void => {
    const { functionName, url } = node.callFrame;
    const isOwn = /[\\/]slimwise[^\\/]*[\\/]dist[\\/]|^node:internal\/child_process/.test(url);
    const kind: Kind =
      functionName === '(garbage collector)'
        ? 'garbage'
        : functionName === '(idle)' || functionName === '(program)'
          ? 'idle'
          : above === 'own' || isOwn
            ? 'own'
            : 'other';
    kinds.set(node.id, kind);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) visit(child, kind);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, 'other');
  return kinds;
}
