/**
 * What can go wrong with a session before or beside its training, in words for the user. Codes are
 * stable and listed in `docs/problems.md`.
 */
import type { Problem } from '../../core/problem.ts';

export function planNotFound(path: string): Problem {
  return {
    code: 'SWP_PLAN_NOT_FOUND',
    message: 'There is no plan at this path.',
    hint: 'Name a slimwise.json; samples/dcgan/slimwise.json is one to start from.',
    path,
  };
}

export function sourceNotFound(path: string, role: string): Problem {
  return {
    code: 'SWP_SOURCE_NOT_FOUND',
    message: `The source of the ${role} is not there.`,
    hint: `Correct ${role}.source in the plan; it is relative to the plan's folder.`,
    path,
  };
}

export function networksDoNotFit(message: string, path: string): Problem {
  return {
    code: 'SWP_NETWORKS_DO_NOT_FIT',
    message,
    hint: 'The generator must draw what data.size and data.channels name, and the discriminator must read it; correct the plan or the sizes in the source.',
    path,
  };
}

export function sourceChanged(path: string): Problem {
  return {
    code: 'SWP_SOURCE_CHANGED',
    message: 'The source was changed since this run began, so going on would train another network.',
    hint: 'Undo that change to continue the run, or start a new run.',
    path,
  };
}

export function imagesChanged(path: string): Problem {
  return {
    code: 'SWP_IMAGES_CHANGED',
    message: 'The images are not those that this run began with.',
    hint: 'Put the same images back to continue the run, or start a new run.',
    path,
  };
}

export function tooFewImages(path: string, found: number, needed: number): Problem {
  return {
    code: 'SWP_TOO_FEW_IMAGES',
    message: `There are ${found} images, and a batch needs ${needed}.`,
    hint: 'Add images, or lower train.batch in the plan.',
    path,
  };
}

export function checkpointNotUnderstood(path: string): Problem {
  return {
    code: 'SWP_CHECKPOINT_NOT_UNDERSTOOD',
    message: 'The last checkpoint of this run was not written by this version of Slimwise.',
    hint: 'Start a new run; everything in the old run folder stays as it is.',
    path,
  };
}

export function alreadyFinished(path: string): Problem {
  return {
    code: 'SWP_RUN_FINISHED',
    message: 'This run is finished; there is nothing to continue.',
    hint: 'Open its report, or start a new run.',
    path,
  };
}

export function packedDiffers(path: string, largest: number, tolerance: number): Problem {
  return {
    code: 'SWP_PACKED_DIFFERS',
    message: `The packed model does not draw what was trained: pixels differ by up to ${largest.toExponential(1)}, and ${tolerance} is allowed.`,
    hint: 'This is a defect of Slimwise: the checkpoint is kept; please report it with the run folder.',
    path,
  };
}

export function baseWeightsMissing(path: string): Problem {
  return {
    code: 'SWP_BASE_WEIGHTS_MISSING',
    message: 'The full-precision weights that every variant starts from are gone from the run folder.',
    hint: 'Start a new run.',
    path,
  };
}

export function weightsNotFinite(variant: string, step: number): Problem {
  return {
    code: 'SWP_LOSS_NOT_FINITE',
    message: `Weights of '${variant}' stopped being numbers at step ${step}; nothing was overwritten.`,
    hint: 'Lower train.optimizer.learningRate in the plan and start a new run.',
  };
}

export function unexpected(error: unknown): Problem {
  return {
    code: 'SWP_INTERNAL',
    message: `The engine failed: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'This is a defect of Slimwise; the run can be continued from its last checkpoint, and the log has the details.',
  };
}

export function engineBusy(runFolder: string): Problem {
  return {
    code: 'SWP_ENGINE_BUSY',
    message: 'This engine is working on a run already.',
    hint: 'Wait for it to end, or cancel it.',
    path: runFolder,
  };
}

export function messageNotUnderstood(): Problem {
  return {
    code: 'SWP_ENGINE_MESSAGE',
    message: 'The engine got a message that is not part of its protocol; it was dropped.',
    hint: 'Reload the window: its parts may be of different versions.',
  };
}

export function oneSidedTraining(variant: string, step: number, lossD: number, lossG: number): Problem {
  return {
    code: 'SWP_WATCH_ONE_SIDED',
    message: `${variant}: since about step ${step} the discriminator tells nearly every image apart (loss D ${lossD.toFixed(3)}, loss G ${lossG.toFixed(1)}), so the generator learns little.`,
    hint: 'Train G twice per step, smooth the labels, lower the learning rate, or binarize the discriminator as well (PBGen, Fig. 13).',
  };
}

export function trainingDiverges(
  variant: string,
  step: number,
  before: { readonly lossD: number; readonly lossG: number },
  now: { readonly lossD: number; readonly lossG: number },
): Problem {
  return {
    code: 'SWP_WATCH_DIVERGES',
    message: `${variant}: the losses run away. Loss G went from ${before.lossG.toFixed(2)} to ${now.lossG.toFixed(2)} and loss D from ${before.lossD.toFixed(2)} to ${now.lossD.toFixed(2)} by step ${step}.`,
    hint: 'Lower the learning rate or clip the weights; the run goes on and its checkpoints are kept.',
  };
}

export function modeCollapse(variant: string, step: number, diversity: number): Problem {
  return {
    code: 'SWP_WATCH_MODE_COLLAPSE',
    message: `${variant}: by step ${step} the generated images are nearly all alike; they vary ${Math.round(100 * diversity)} % as much as real ones.`,
    hint: 'This is mode collapse: try another seed, a lower learning rate, or another loss (wgan-gp, hinge).',
  };
}

export function fullModelMissing(path: string): Problem {
  return {
    code: 'SWP_FULL_MODEL_MISSING',
    message: 'The run has no full-precision generator yet: it ended before its first repetition.',
    hint: 'Go on with the run until it has finished, then measure it.',
    path,
  };
}

export function imagesTooSmall(path: string, size: number, least: number): Problem {
  return {
    code: 'SWP_IMAGES_TOO_SMALL',
    message: `Images of ${size}×${size} pixels are too small: their distance to real ones is measured on patches of ${least}×${least}.`,
    hint: `Set data.size in the plan to ${least} or more, and networks that draw and read that size.`,
    path,
  };
}

export function trainerRestarted(variant: string, how: string): Problem {
  return {
    code: 'SWP_TRAINER_RESTARTED',
    message: `The process that trained '${variant}' ended unexpectedly (${how}); another one goes on from its last checkpoint.`,
    hint: 'Nothing is lost. If it happens again, memory may be short: set engine.processes (or --processes) to 1.',
  };
}

export function trainerLost(variant: string, how: string): Problem {
  return {
    code: 'SWP_TRAINER_LOST',
    message: `The process that trained '${variant}' ended again and again without coming further (${how}).`,
    hint: 'Everything that was trained is saved: free memory or close other programs, then go on with the run.',
  };
}
