/**
 * Every expected failure of the extension host, by name: what happened, to which file, and what to do.
 * Codes are stable. Failures of the engine or of a plan arrive as problems already and are not rebuilt here.
 */
import type { Problem } from '../core/problem.ts';

export function notTrusted(): Problem {
  return {
    code: 'SWP_NOT_TRUSTED',
    message: 'This workspace is in Restricted Mode, so Slimwise analyses it but does not run anything in it.',
    hint: 'Trust the workspace (Workspaces: Manage Workspace Trust), then try again.',
  };
}

export function noModelFile(): Problem {
  return {
    code: 'SWP_NO_MODEL_FILE',
    message: 'There is no model file to compress.',
    hint: 'Open a Python, TypeScript or JavaScript file that defines a generator, or a slimwise.json.',
  };
}

export function noModelsFound(path: string, reason: string | null): Problem {
  return {
    code: 'SWP_NO_MODELS_FOUND',
    message: `No model was found here${reason === null ? '' : `: ${reason}`}.`,
    hint: 'Name the class to build in a comment: # slimwise: Generator(100) input=(1,100,1,1)',
    path,
  };
}

export function notOnDisk(path: string): Problem {
  return {
    code: 'SWP_NOT_ON_DISK',
    message: 'Only files on a disk can be trained and compressed.',
    hint: 'Save the file in a folder of this machine or of the remote that VS Code is connected to.',
    path,
  };
}

export function engineMissing(path: string): Problem {
  return {
    code: 'SWP_ENGINE_MISSING',
    message: 'The engine is not part of this installation.',
    hint: 'Reinstall the extension; in a clone of the project, run npm run build.',
    path,
  };
}

export function engineDidNotStart(detail: string): Problem {
  return {
    code: 'SWP_ENGINE_DID_NOT_START',
    message: `The engine process did not start${detail === '' ? '' : `: ${detail}`}.`,
    hint: 'See the log (Slimwise: Show Log). Nothing was written.',
  };
}

export function engineEnded(detail: string): Problem {
  return {
    code: 'SWP_ENGINE_ENDED',
    message: `The engine process ended before the run was complete${detail === '' ? '' : ` (${detail})`}.`,
    hint: 'The last checkpoint is kept: resume the run from the Runs view.',
  };
}

export function engineBusy(name: string): Problem {
  return {
    code: 'SWP_ENGINE_BUSY',
    message: `The run '${name}' is using the engine; two at once would only slow each other down.`,
    hint: 'Wait for it, pause is not enough: cancel it (it can be resumed later), then start again.',
  };
}

export function runNotLive(name: string): Problem {
  return {
    code: 'SWP_RUN_NOT_LIVE',
    message: `No engine of this window is working on '${name}'.`,
    hint: 'Resume the run first, or use the window or terminal that started it.',
  };
}

export function runUnreadable(path: string, reason: string): Problem {
  return {
    code: 'SWP_RUN_UNREADABLE',
    message: `The run cannot be read: ${reason}.`,
    hint: 'Its other files are untouched; look at run.json in this folder, or delete the run.',
    path,
  };
}

export function runFileMissing(path: string, what: string): Problem {
  return {
    code: 'SWP_RUN_FILE_MISSING',
    message: `The run has no ${what} yet.`,
    hint: 'It is written when the run has finished.',
    path,
  };
}

export function devicesUnsound(faults: string): Problem {
  return {
    code: 'SWP_DEVICES_UNSOUND',
    message: `The setting slimwise.devices is not sound: ${faults}. The other devices are used.`,
    hint: 'A device is { "id": "my-board", "label": "My board", "budgetBytes": 524288, "source": "data sheet" }; label and source may be left out.',
  };
}

export function pictureUnsound(): Problem {
  return {
    code: 'SWP_PICTURE_UNSOUND',
    message: 'What the explorer sent is no picture, or a far too large one; nothing was written.',
    hint: 'Close the explorer and open it again.',
  };
}

export function exportFailed(reason: string): Problem {
  return {
    code: 'SWP_EXPORT_FAILED',
    message: `The model was not exported: ${reason.replace(/^slimwise: /, '')}`,
    hint: "The packed model itself is untouched; 'slimwise export' on a command line says the same.",
  };
}

export function layerNotFound(layer: string): Problem {
  return {
    code: 'SWP_LAYER_NOT_FOUND',
    message: `The layer '${layer}' is not in the source any more.`,
    hint: 'The source was changed after this run; its layers may have other names now.',
  };
}

export function planExists(path: string): Problem {
  return {
    code: 'SWP_PLAN_EXISTS',
    message: 'There is a plan in this folder already, and it was left as it is.',
    hint: 'Edit it, or start it with Slimwise: Compress Wisely.',
    path,
  };
}

export function sampleFolderTaken(path: string): Problem {
  return {
    code: 'SWP_SAMPLE_FOLDER_TAKEN',
    message: 'The folder for the sample exists already, and nothing in it was changed.',
    hint: 'Choose another folder, or open this one.',
    path,
  };
}

export function commandFailed(command: string, said: string): Problem {
  return {
    code: 'SWP_COMMAND_FAILED',
    message: `'slimwise ${command}' did not succeed: ${said}`,
    hint: 'Nothing was changed; the same command in a terminal says more.',
  };
}

export function dataReadingStopped(): Problem {
  return {
    code: 'SWP_IMAGES_CANCELLED',
    message: 'Reading the images was stopped.',
    hint: 'Choose a folder or a file again when you like.',
  };
}

export function planNotEditable(path: string, reason: string): Problem {
  return {
    code: 'SWP_PLAN_NOT_EDITABLE',
    message: `The data set was not written into this plan: ${reason}.`,
    hint: 'Correct the plan, or choose another one.',
    path,
  };
}

export function analysisNotRunning(): Problem {
  return {
    code: 'SWP_ANALYSIS_NOT_RUNNING',
    message: 'The language server, which reads models, is not running.',
    hint: 'Restart it (Slimwise: Restart Language Server); the log says why it stopped.',
  };
}

export function editRefused(reason: string, path: string): Problem {
  return {
    code: 'SWP_EDIT_REFUSED',
    message: `The source stays as it is: ${reason}.`,
    hint: 'Choose another layer or another action.',
    path,
  };
}

export function editNotApplied(path: string): Problem {
  return {
    code: 'SWP_EDIT_NOT_APPLIED',
    message: 'VS Code did not apply the edit.',
    hint: 'The file may be read-only, or have changed in between: try again.',
    path,
  };
}

export function noLayer(reason: string): Problem {
  return {
    code: 'SWP_NO_LAYER',
    message: `There is nothing to change: ${reason}.`,
    hint: 'Put the cursor on the line that builds a layer, or select rows of one model in the Models view.',
  };
}

export function moduleNotWritten(path: string, reason: string): Problem {
  return {
    code: 'SWP_LAYERS_MODULE_NOT_WRITTEN',
    message: `The module that the edit imports from was not written: ${reason}. The source stays as it is.`,
    hint: 'Make the folder of the source writable, then try again.',
    path,
  };
}

export function stagesNotWritten(path: string): Problem {
  return {
    code: 'SWP_PLAN_NOT_EDITABLE',
    message: 'The stages were not written into this plan: it has none to replace.',
    hint: 'Correct the plan, or use Copy Plan.',
    path,
  };
}

export function noWhatIf(reason: string): Problem {
  return {
    code: 'SWP_WHAT_IF_REFUSED',
    message: `There is no table of what would be: ${reason}.`,
    hint: 'Open a Python, TypeScript or JavaScript file that defines a model, and put the cursor in it.',
  };
}
