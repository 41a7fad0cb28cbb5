/**
 * Functions of `torch` and `torch.nn.functional` by their last name; `x.relu()`, `F.relu(x)` and
 * `torch.relu(x)` are one. A function that is not in the tables is unknown to the analysis.
 */
import { activationFunctions } from './activationFunctions.ts';
import { arrangeFunctions } from './arrangeFunctions.ts';
import { createFunctions } from './createFunctions.ts';
import { layerFunctions } from './layerFunctions.ts';
import { reduceFunctions } from './reduceFunctions.ts';
import type { TorchFunction } from './functionArguments.ts';

/** Made at the first question: the modules of the functions need each other's. */
let table: ReadonlyMap<string, TorchFunction> | null = null;

export function functionNamed(name: string): TorchFunction | null {
  table ??= new Map([
    ...Object.entries(createFunctions),
    ...Object.entries(arrangeFunctions),
    ...Object.entries(reduceFunctions),
    ...Object.entries(activationFunctions),
    ...Object.entries(layerFunctions),
  ]);
  // A trailing underscore, in place, means the same here.
  return table.get(name) ?? (/\w_$/.test(name) ? table.get(name.slice(0, -1)) : undefined) ?? null;
}
