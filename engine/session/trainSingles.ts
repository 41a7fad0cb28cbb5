/**
 * The single layers of Algorithm 1, several at a time, each trained by a process of its own. They all start
 * from the same weights and depend on nothing else, so their numbers are those of training one after the other
 * with as many threads. Only this process writes: what a trainer sends is on disk before the next of it
 * is looked at, and a trainer that dies goes on from its last checkpoint, as a run does that is resumed.
 */
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { RunEventBody, VariantInfo } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import type { Measured } from '../compress/algorithm1.ts';
import { trainAhead } from '../compress/trainAhead.ts';
import { expectOk } from './expectOk.ts';
import { trainerLost, trainerRestarted } from './problems.ts';
import { emit, saveBetweenVariants, type SessionContext, type SinglesAtOnce } from './sessionContext.ts';
import { readSessionState } from './sessionState.ts';
import type { Picture, TrainerProcess, TrainerReport } from './trainerProtocol.ts';
import type { VariantStart } from './trainVariant.ts';

export interface Singles {
  /** Of the variant of a layer; null when the user cancelled. */
  measure(variant: VariantInfo): Promise<Measured | null>;
  /** Training that a layer has had although the search ended before it. */
  doneAhead(variant: VariantInfo): { readonly steps: number; readonly evaluations: number };
  /** Ends what still trains. */
  stop(): Promise<void>;
}

export interface SinglesRequest {
  readonly singles: SinglesAtOnce;
  /** In the order of the search. */
  readonly variants: readonly VariantInfo[];
  readonly endsSearch: (measured: Measured) => boolean;
}

/** A trainer that dies this often without having come any further is given up. */
const maxDeaths = 2;
/** A trainer that was told to stop saves within this time, or is killed. */
const stopMs = 30_000;

export function trainSingles(context: SessionContext, { singles, variants, endsSearch }: SinglesRequest): Singles {
  const { control } = context;
  const running = new Map<string, TrainerProcess>();
  const paused = new Set<string>();
  const done = new Map<string, { steps: number; evaluations: number }>();
  /** Speculative layers that the search does not come to. */
  const unneeded = new Set<string>();
  let pauseTold = false;
  const variantOf = new Map(variants.map((variant) => [variant.id, variant]));

  const tellPause = (): void => {
    if (pauseTold || control.wanted !== 'pause' || [...running.keys()].some((id) => !paused.has(id))) return;
    pauseTold = true;
    expectOk(context.run.updateRecord({ status: 'paused' }));
    emit(context, { type: 'paused' });
  };
  const tellResume = (): void => {
    paused.clear();
    if (!pauseTold) return;
    pauseTold = false;
    expectOk(context.run.updateRecord({ status: 'running' }));
    emit(context, { type: 'resumed' });
  };
  const unwatch = control.watch(() => {
    const order = control.wanted === 'run' ? 'resume' : control.wanted === 'pause' ? 'pause' : 'stop';
    if (order === 'resume') tellResume();
    for (const trainer of running.values()) trainer.send({ kind: order });
    if (order === 'pause') tellPause();
    if (order === 'stop') setTimeout(() => running.forEach((trainer) => trainer.kill()), stopMs).unref();
  });

  const ahead = trainAhead<Measured | null>({
    items: variants.map(({ id }) => id),
    atOnce: singles.nProcesses,
    start: (id) => train(variantOf.get(id) as VariantInfo),
    stop(id) {
      unneeded.add(id);
      running.get(id)?.kill();
    },
    endsSearch: (_, measured) => measured === null || endsSearch(measured),
  });

  const isOver = ({ id }: VariantInfo): boolean => control.wanted === 'cancel' || unneeded.has(id);

  const train = async (variant: VariantInfo): Promise<Measured | null> => {
    const known = context.state.finished.find((result) => result.variant === variant.id);
    if (known) return known;
    for (let deaths = 0, furthest = -1; ;) {
      await control.untilWanted();
      if (isOver(variant)) return null;
      const start = readStart(context, variant);
      const outcome = await trainIn(variant, start);
      if (outcome.type === 'measured') return keep(variant, outcome.measured);
      if (outcome.type === 'stopped' || isOver(variant)) return null;
      deaths = (start?.step ?? 0) > furthest ? 1 : deaths + 1;
      furthest = Math.max(furthest, start?.step ?? 0);
      if (deaths > maxDeaths) throw new ProblemError(trainerLost(variant.label, outcome.how));
      emit(context, { type: 'problem', problem: trainerRestarted(variant.label, outcome.how) });
    }
  };

  /** One process, from its start to its end. */
  const trainIn = (variant: VariantInfo, start: VariantStart | null): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      let outcome: Outcome | null = null;
      let failed: unknown = null;
      const pictures = new Map<Picture, string>();
      done.set(variant.id, { steps: start?.step ?? 0, evaluations: 0 });
      const hear = (report: TrainerReport): void => {
        switch (report.kind) {
          case 'event':
            onEvent(variant, report.body, pictures);
            return;
          case 'picture':
            pictures.set(report.of, writePicture(context, variant, report));
            return;
          case 'checkpoint': {
            const { folder, bytes } = expectOk(context.run.writePart(variant.id, report.content));
            emit(context, { type: 'checkpoint', variant: variant.id, step: report.content.step, folder, bytes });
            return;
          }
          case 'done':
            outcome = { type: 'measured', measured: report.measured };
            return;
          case 'stopped':
            outcome = { type: 'stopped' };
            return;
          case 'failed':
            throw new ProblemError(report.problem);
        }
      };
      const trainer = singles.startTrainer({
        report(report) {
          if (failed !== null) return;
          try {
            hear(report);
          } catch (error) {
            failed = error;
            trainer.kill();
          }
        },
        ended(how) {
          running.delete(variant.id);
          paused.delete(variant.id);
          try {
            tellPause();
          } catch (error) {
            failed ??= error;
          }
          if (failed !== null) reject(failed as Error);
          else resolve(outcome ?? { type: 'lost', how });
        },
      });
      running.set(variant.id, trainer);
      const { plan, planPath, generator, discriminator, images } = context.prepared;
      trainer.send({
        kind: 'train',
        job: {
          variant,
          plan,
          planPath,
          generator,
          discriminator,
          fingerprint: images.fingerprint,
          sizes: context.sizes,
          backend: singles.backend,
          base: expectOk(context.run.readArtifact(runFiles.base)),
          start,
        },
      });
    });

  const onEvent = (variant: VariantInfo, body: RunEventBody, pictures: ReadonlyMap<Picture, string>): void => {
    const { progress } = context;
    switch (body.type) {
      case 'paused':
        paused.add(variant.id);
        tellPause();
        return;
      case 'resumed':
        return;
      case 'sample': {
        const walk = pictures.get('walk');
        emit(context, { ...body, file: pictures.get('sample') ?? '', ...(walk === undefined ? {} : { walk }) });
        return;
      }
      case 'step':
        // So many at once take as long as one.
        progress.step(body.stepMs / running.size);
        done.set(variant.id, { steps: body.step, evaluations: 0 });
        emit(context, body);
        emit(context, {
          type: 'progress',
          stepsDone: progress.stepsDone,
          stepsTotal: progress.stepsTotal,
          secondsLeft: progress.secondsLeft(),
          doing: running.size === 1 ? variant.label : `${running.size} layers at once: ${namesOf(running.keys())}`,
        });
        return;
      case 'evaluation':
        progress.drop(0, 1);
        done.set(variant.id, { steps: body.step, evaluations: 1 });
        emit(context, body);
        return;
      default:
        emit(context, body);
    }
  };

  const namesOf = (ids: Iterable<string>): string =>
    [...ids].map((id) => variantOf.get(id)?.layersG.at(-1) ?? id).join(', ');

  /** The result first, then the checkpoints of its training go: a kill between the two loses nothing. */
  const keep = (variant: VariantInfo, measured: Measured): Measured => {
    context.state = {
      ...context.state,
      finished: [...context.state.finished, { variant: variant.id, ...measured }],
    };
    saveBetweenVariants(context);
    context.run.removePart(variant.id);
    return measured;
  };

  return {
    measure: (variant) => ahead.take(variant.id),
    doneAhead: ({ id }) => done.get(id) ?? { steps: 0, evaluations: 0 },
    async stop() {
      await ahead.stopAll();
      unwatch();
      for (const { id } of variants) if (unneeded.has(id)) context.run.removePart(id);
    },
  };
}

type Outcome =
  | { readonly type: 'measured'; readonly measured: Measured }
  | { readonly type: 'stopped' }
  | { readonly type: 'lost'; readonly how: string };

function readStart({ run }: SessionContext, variant: VariantInfo): VariantStart | null {
  const { checkpoint } = expectOk(run.readPart(variant.id));
  const state = checkpoint === null ? null : readSessionState(checkpoint.state);
  return checkpoint === null || state?.current?.variant !== variant.id
    ? null
    : { ...state.current, tensors: checkpoint.tensors };
}

function writePicture(
  { run }: SessionContext,
  { id }: VariantInfo,
  { of, step, png }: Extract<TrainerReport, { kind: 'picture' }>,
): string {
  return expectOk(of === 'sample' ? run.writeSample(id, step, png) : run.writeWalk(id, step, png));
}
