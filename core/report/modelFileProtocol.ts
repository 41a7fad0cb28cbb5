/**
 * Messages between the page of the model editor and the extension host. The page names only what the host gave
 * it: rows by their position, layers by their name. The host pushes that the file changed, and the page asks
 * again; what it shows is rebuilt from the answer, so that hiding or reloading it loses nothing.
 */
import type { DeviceProfile } from '../devices.ts';
import type { ModelFileReport } from './modelFileReport.ts';

export interface ModelFileRequests {
  /** The page is ready, or wants the file as it is now. */
  read(args: Record<string, never>): ModelFileInit;
  /** Puts rows of a table on the clipboard, in the order given, as comma-separated values. */
  copyCsv(args: { readonly table: ModelTable; readonly rows: readonly number[] }): { readonly copied: number };
  /** Goes to the source of a layer; only for tensors beside a source. */
  openLayer(args: { readonly layer: string }): null;
}

/** Rows of `report.models[0].layers`, or of `report.tensors.rows`. */
export type ModelTable = 'layers' | 'tensors';

export interface ModelFileInit {
  /** The file's name, without its folder. */
  readonly name: string;
  readonly report: ModelFileReport;
  /** The device that the settings name; null: none. */
  readonly device: string | null;
  /** Built-in ones and the user's own. */
  readonly devices: readonly DeviceProfile[];
  /** A number of bytes in the settings, which wins over a device. */
  readonly budgetBytes: number | null;
}

export interface ModelFilePush {
  readonly type: 'changed';
}
