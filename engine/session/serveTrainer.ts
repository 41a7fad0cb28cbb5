/**
 * A process that trains one variant for a run in another process: an order in, reports out. It reads the
 * user's images and nothing else, writes nothing, and ends with its parent. What goes wrong is reported as a
 * `Problem`; a defect is logged as well.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { createNetwork } from '../train/network.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { endStep, releaseGraphs } from '../tensors/step.ts';
import { createEvaluator } from './evaluator.ts';
import { expectOk } from './expectOk.ts';
import { measureVariant } from './measureVariant.ts';
import { imagesPath, openPlanImages } from './openPlanImages.ts';
import { imagesChanged, unexpected } from './problems.ts';
import { createProgress } from './progress.ts';
import type { TrainingContext } from './sessionContext.ts';
import { createSessionControl, type SessionControl } from './sessionControl.ts';
import { initialSessionState } from './sessionState.ts';
import { isTrainerOrder, type TrainerJob, type TrainerReport } from './trainerProtocol.ts';
import { trainerRun } from './trainerRun.ts';

export interface ServedTrainer {
  receive(message: unknown): void;
}

export interface TrainerPort {
  send(report: TrainerReport): void;
  /** The images of the job, and its backend ready for use. */
  open(job: TrainerJob): Promise<Result<ImageSet>>;
  onBug(error: unknown): void;
}

export function serveTrainer(port: TrainerPort): ServedTrainer {
  const control = createSessionControl();
  let started = false;
  return {
    receive(message) {
      if (!isTrainerOrder(message)) return;
      if (message.kind === 'stop') control.cancel();
      else if (message.kind !== 'train') control[message.kind]();
      else if (!started) {
        started = true;
        void train(message.job, port, control).then((report) => port.send(report));
      }
    },
  };
}

/** What a process of its own does first; in a test that shares one, it is done already. */
export async function openTrainer({ plan, planPath, fingerprint, backend }: TrainerJob): Promise<Result<ImageSet>> {
  const images = await openPlanImages(plan, planPath);
  if (!images.ok) return images;
  if (images.value.fingerprint !== fingerprint) return failure(imagesChanged(imagesPath(plan, planPath)));
  const selected = await selectBackend(backend);
  return selected.ok ? success(images.value) : selected;
}

async function train(job: TrainerJob, port: TrainerPort, control: SessionControl): Promise<TrainerReport> {
  try {
    const measured = await measure(job, port, expectOk(await port.open(job)), control);
    return measured === null ? { kind: 'stopped' } : { kind: 'done', measured };
  } catch (error) {
    if (!(error instanceof ProblemError)) port.onBug(error);
    return { kind: 'failed', problem: error instanceof ProblemError ? error.problem : unexpected(error) };
  }
}

async function measure(job: TrainerJob, port: TrainerPort, images: ImageSet, control: SessionControl) {
  const { plan, planPath, sizes, variant, start } = job;
  const generator = expectOk(createNetwork(job.generator, plan.seed));
  const discriminator = expectOk(createNetwork(job.discriminator, plan.seed));
  const context: TrainingContext = {
    prepared: {
      plan,
      planPath,
      generator: job.generator,
      otherGenerators: new Map(),
      discriminator: job.discriminator,
      images,
      sources: {},
      notes: [],
    },
    sizes,
    run: trainerRun(job, (report) => port.send(report)),
    generator,
    discriminator,
    evaluator: createEvaluator(plan, images, sizes.nImages),
    control,
    progress: createProgress({
      stepsDone: start?.step ?? 0,
      stepsLeft: variant.steps - (start?.step ?? 0),
      evaluationsLeft: 1,
      stepMs: 0,
      evaluationMs: 0,
    }),
    endStep,
    releaseGraphs,
    onEvent: () => undefined,
    state: initialSessionState,
    startedAtMs: performance.now(),
    secondsBefore: 0,
  };
  try {
    return await measureVariant(context, variant, start);
  } finally {
    generator.dispose();
    discriminator.dispose();
  }
}
