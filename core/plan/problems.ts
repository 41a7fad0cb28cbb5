/**
 * Problems and warnings of plans. A problem keeps the plan from running; a warning is shown and the plan
 * runs as written. Every constructor takes the plan's path and line, so the editor and the command line
 * can point at the place.
 */
import type { Problem } from '../problem.ts';

export interface Place {
  readonly path: string;
  readonly line: number;
}

export function notJson(message: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_NOT_JSON',
    message: `The plan is not valid JSON: ${message}.`,
    hint: 'Correct this line; nothing was run.',
    ...place,
  };
}

export function unknownKey(
  key: string,
  where: string,
  nearest: string | null,
  known: readonly string[],
  place: Place,
): Problem {
  return {
    code: 'SWP_PLAN_UNKNOWN_KEY',
    message: `The plan has no field "${key}" ${where}.`,
    hint: nearest === null ? `Fields there: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
    ...place,
  };
}

export function missingKey(key: string, where: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_MISSING_KEY',
    message: `The field "${key}" is missing ${where}.`,
    hint: `Add "${key}"; the editor completes the fields of a plan.`,
    ...place,
  };
}

export function wrongValue(
  field: string,
  expected: string,
  received: string,
  nearest: string | null,
  place: Place,
): Problem {
  return {
    code: 'SWP_PLAN_WRONG_VALUE',
    message: `${field} must be ${expected}, but is ${received}.`,
    hint: nearest === null ? 'Change the value; nothing was run.' : `Did you mean "${nearest}"?`,
    ...place,
  };
}

export function duplicateStage(id: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_DUPLICATE_STAGE',
    message: `Two stages have the id "${id}".`,
    hint: 'Give each stage its own id: reports and checkpoints name stages by it.',
    ...place,
  };
}

export function duplicateDevice(id: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_DUPLICATE_DEVICE',
    message: `The device "${id}" takes the id of another profile.`,
    hint: 'Give your device an id of its own; built-in profiles stay as they are.',
    ...place,
  };
}

export function unknownDevice(device: string, nearest: string | null, known: readonly string[], place: Place): Problem {
  return {
    code: 'SWP_PLAN_UNKNOWN_DEVICE',
    message: `There is no device profile "${device}".`,
    hint: nearest === null ? `Profiles: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
    ...place,
  };
}

export function stageNotRun(id: string, what: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_STAGE_NOT_RUN',
    message: `The stage "${id}" asks for ${what}, which this version of Slimwise cannot run.`,
    hint: 'Remove the stage, or use a pbgenAlg1 search and binary bwn precision; it is refused so that it is not silently left out.',
    ...place,
  };
}

export function onlyGenerator(id: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_ONLY_GENERATOR',
    message: `The stage "${id}" compresses the generator, and no stage compresses the discriminator.`,
    hint: 'Unbalanced competition costs quality (PBGen, Fig. 13): consider "module": "both".',
    ...place,
  };
}

export function activationsOnly(id: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_ACTIVATIONS_ONLY',
    message: `The stage "${id}" quantizes activations but not weights.`,
    hint: 'That saves no computation; add "W" to its target.',
    ...place,
  };
}

export function losslessNotLast(id: string, after: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_LOSSLESS_NOT_LAST',
    message: `The stage "${id}" encodes the weights, and "${after}" changes them after it.`,
    hint: 'Move encoding and lossless stages to the end.',
    ...place,
  };
}

export function negativeDor(layer: string, network: string, dor: number): Problem {
  return {
    code: 'SWP_PLAN_NEGATIVE_DOR',
    message: `The plan binarizes ${layer} of the ${network}, whose degree of redundancy is ${dor}.`,
    hint: 'Quality usually drops there; leave it out with "select": {"dor": {"min": 0}}, or keep it knowingly.',
  };
}

export function unknownLayer(id: string, layer: string, nearest: string | null): Problem {
  return {
    code: 'SWP_PLAN_UNKNOWN_LAYER',
    message: `The stage "${id}" selects a layer "${layer}" that its networks do not have.`,
    hint: nearest === null ? 'See slimwise analyze for the names of layers.' : `Did you mean "${nearest}"?`,
  };
}

export function selectsNothing(id: string): Problem {
  return {
    code: 'SWP_PLAN_SELECTS_NOTHING',
    message: `No layer fits what the stage "${id}" selects.`,
    hint: 'Widen its select; as written it changes nothing.',
  };
}

export function settingNamesWrong(id: string, what: string): Problem {
  return {
    code: 'SWP_PLAN_SETTING_NAMES',
    message: `The settings of the stage "${id}" cannot be told apart or stored: ${what}.`,
    hint: 'Give each setting its own short name of letters, digits, dots and dashes.',
  };
}

export function settingOwnGenerator(id: string, setting: string, what: string): Problem {
  return {
    code: 'SWP_PLAN_SETTING_GENERATOR',
    message: `The setting ${setting} of the stage "${id}" names a generator of its own, and ${what}.`,
    hint: 'Its entry instantiates the plan’s own class with other widths; layers keep their names, images their size.',
  };
}

export function settingNeedsLayers(id: string, setting: string, number: number, layers: readonly string[]): Problem {
  return {
    code: 'SWP_PLAN_SETTING_LAYERS',
    message: `The setting ${setting} of the stage "${id}" binarizes layer ${number}, and the generator has ${layers.length}: ${layers.join(', ')}.`,
    hint: 'Use "settings": "subsets", settings of your own, or name the layers that the numbers mean in "layers".',
  };
}

export function networkDoesNotFit(why: string, place: Place): Problem {
  return {
    code: 'SWP_PLAN_NETWORK',
    message: `"network" cannot be used: ${why}.`,
    hint: 'Change data.size or network.scale, or name a generator and a discriminator of your own.',
    ...place,
  };
}
