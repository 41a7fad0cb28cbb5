/**
 * Messages between the what-if page and the extension host. The page sends choices about layers that it was told of,
 * and names of buttons; what becomes of the source is decided by the language server, and written by the host as one
 * edit that can be undone.
 */
import type { DeviceProfile } from '../devices.ts';
import type { WhatIfChoice, WhatIfQuery, WhatIfReport } from './whatIfReport.ts';

export interface WhatIfRequests {
  /** The page is ready, or wants to begin again. */
  ready(args: Record<string, never>): WhatIfInit;
  ask(args: WhatIfQuery): WhatIfReport;
  /** Opens the editor's own diff of the source with the choices made. */
  showDiff(args: WhatIfEdit): WhatIfOutcome;
  apply(args: WhatIfEdit): WhatIfOutcome;
  /** Puts the plan's stages on the clipboard, or into the plan beside the source. */
  copyPlan(args: WhatIfEdit): WhatIfOutcome;
  writePlan(args: WhatIfEdit): WhatIfOutcome;
  openLayer(args: { readonly model: string; readonly layer: string }): null;
  /** The list of all that can be done to layers, or to the model where none is named. */
  pickChange(args: { readonly model: string; readonly layers: readonly string[] }): WhatIfPicked;
}

/** Nothing is written: the page adds them to its choices. Empty: the list was closed. */
export interface WhatIfPicked {
  readonly choices: readonly WhatIfChoice[];
}

export interface WhatIfEdit {
  readonly model: string;
  readonly choices: readonly WhatIfChoice[];
}

export type WhatIfInit =
  | { readonly state: 'empty' }
  | {
      readonly state: 'model';
      /** The source's name, without its folder. */
      readonly source: string;
      /** The model that was asked for; null: the generator. */
      readonly model: string | null;
      /** Choices to begin with. */
      readonly choices: readonly WhatIfChoice[];
      readonly device: string | null;
      /** Built-in ones and the user's own. */
      readonly devices: readonly DeviceProfile[];
      readonly budgetBytes: number | null;
    };

/** What happened, in words. */
export interface WhatIfOutcome {
  readonly done: boolean;
  readonly message: string;
}

/**
 * The source's analysis is not what it was: the page asks again. The settings are not what they were, or the page is
 * about another source: it begins again.
 */
export interface WhatIfPush {
  readonly type: 'changed' | 'settings' | 'another';
}
