/** What can be wrong with how the command line was called, in words for the user. */
import type { Problem } from '../../core/problem.ts';
import { conversionHint } from '../../language/files/conversionHint.ts';

export function badUsage(message: string, command: string): Problem {
  return {
    code: 'SWP_CLI_USAGE',
    message,
    hint: `'slimwise ${command} --help' lists the options.`,
  };
}

export function pathNotFound(path: string): Problem {
  return {
    code: 'SWP_CLI_PATH_NOT_FOUND',
    message: 'There is no file or folder at this path.',
    hint: 'Check the path; it is relative to the folder you are in.',
    path,
  };
}

export function notASource(path: string): Problem {
  return {
    code: 'SWP_CLI_NOT_A_SOURCE',
    message: 'This file is not one that models are read from.',
    hint:
      conversionHint(path) ??
      'Give a Python, TypeScript or JavaScript source, a page (.html, .vue, .svelte) or notebook (.ipynb), an .onnx, model.json or .safetensors file, or a folder that holds some.',
    path,
  };
}

export function entryNotFound(entry: string, path: string): Problem {
  return {
    code: 'SWP_CLI_ENTRY_NOT_FOUND',
    message: `No model was found for --entry ${entry}.`,
    hint: 'Write it as in the source, with its arguments: --entry "Generator(100)".',
    path,
  };
}

export function unreadable(path: string): Problem {
  return {
    code: 'SWP_CLI_UNREADABLE',
    message: 'This file cannot be read as a source: it is too large, or not readable.',
    hint: 'Check its permissions; files above 4 MB are taken for generated code and left out.',
    path,
  };
}

export function modelNotFound(path: string): Problem {
  return {
    code: 'SWP_CLI_MODEL_NOT_FOUND',
    message: 'There is no model file at this path.',
    hint: "Name the model.safetensors in a run's folder; 'slimwise runs' lists the runs.",
    path,
  };
}

export function modelNotDrawable(path: string, shape: readonly number[]): Problem {
  return {
    code: 'SWP_CLI_MODEL_NOT_DRAWABLE',
    message: `This model gives [${shape.join(', ')}], which is no grayscale or RGB image.`,
    hint: 'Choose the model file of a generator.',
    path,
  };
}

export function outputNotWritable(path: string, reason: string): Problem {
  return {
    code: 'SWP_CLI_OUTPUT_NOT_WRITABLE',
    message: `The picture could not be written (${reason}).`,
    hint: 'Choose another path with --out.',
    path,
  };
}

export function runUnknown(name: string, path: string): Problem {
  return {
    code: 'SWP_CLI_RUN_UNKNOWN',
    message: `No run here is called '${name}'.`,
    hint: "'slimwise runs' lists them; name one by its id, the end of its id, or its folder.",
    path,
  };
}

export function runAmbiguous(name: string, ids: readonly string[]): Problem {
  return {
    code: 'SWP_CLI_RUN_AMBIGUOUS',
    message: `'${name}' fits ${ids.length} runs: ${ids.slice(0, 4).join(', ')}.`,
    hint: 'Write more of the id.',
  };
}

export function exportNotWritable(path: string, reason: string): Problem {
  return {
    code: 'SWP_CLI_EXPORT_NOT_WRITABLE',
    message: `The exported model could not be written (${reason}).`,
    hint: 'Choose another place with --out.',
    path,
  };
}

export function probeFailed(reason: string): Problem {
  return {
    code: 'SWP_CLI_PROBE_FAILED',
    message: `The process that reads the model's memory failed (${reason}).`,
    hint: 'Times were measured all the same; run the command again with --no-memory to leave memory out.',
  };
}

export function notANotebook(path: string): Problem {
  return {
    code: 'SWP_CLI_NOT_A_NOTEBOOK',
    message: 'The file cannot be read as a Jupyter notebook.',
    hint: 'Open and save it with Jupyter or VS Code, or export it as a Python script; 256 MiB is the most that is read.',
    path,
  };
}

export function noSuchDevice(id: string, known: readonly string[]): Problem {
  return {
    code: 'SWP_CLI_NO_SUCH_DEVICE',
    message: `There is no device profile '${id}'.`,
    hint: `Profiles: ${known.join(', ')}; your own go into "devices" of slimwise.json or "slimwise.devices" of .vscode/settings.json.`,
  };
}

export function ownDevicesUnsound(faults: readonly string[], path: string): Problem {
  return {
    code: 'SWP_DEVICES_UNSOUND',
    message: `The list of devices is not sound: ${faults.join('; ')}.`,
    hint: 'A device is { "id": "my-board", "label": "My board", "budgetBytes": 524288, "source": "data sheet" }; label and source may be left out.',
    path,
  };
}

export function noFinishedRun(plan: string): Problem {
  return {
    code: 'SWP_NO_FINISHED_RUN',
    message: 'No run of this plan has finished, so there is no trained generator to measure.',
    hint: 'Run the plan first with: slimwise run, or name a run folder.',
    path: plan,
  };
}

export function modelNotNamed(path: string, names: readonly string[]): Problem {
  return {
    code: 'SWP_CLI_MODEL_NOT_NAMED',
    message:
      names.length === 0 ? 'No model was found in this file.' : `Which model is meant? There are ${names.join(', ')}.`,
    hint: names.length === 0 ? 'Give --entry "Generator(100)".' : `Add --model ${names[0] ?? ''}.`,
    path,
  };
}

export function editRefused(reason: string, path: string): Problem {
  return {
    code: 'SWP_EDIT_REFUSED',
    message: `The source stays as it is: ${reason}.`,
    hint: "'slimwise analyze' lists the layers; choose another action or another layer.",
    path,
  };
}

export function baselineUnreadable(path: string, reason: string): Problem {
  return {
    code: 'SWP_BASELINE_UNREADABLE',
    message: `The baseline cannot be read: ${reason}.`,
    hint: "Write it anew with 'slimwise check --update-baseline'.",
    path,
  };
}

export function notMeasured(model: string, path: string): Problem {
  return {
    code: 'SWP_CLI_NOT_MEASURED',
    message: `No layer of ${model} was measured as it is built now.`,
    hint: "Run the plan and then 'slimwise sensitivity slimwise.json', or leave out --sensitivity to go by predictions.",
    path,
  };
}

export function planNotEditable(path: string): Problem {
  return {
    code: 'SWP_CLI_PLAN_NOT_EDITABLE',
    message: 'What this plan says cannot be read.',
    hint: "'slimwise check' names what is wrong with it, on its line.",
    path,
  };
}
