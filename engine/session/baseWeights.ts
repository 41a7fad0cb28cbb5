/**
 * The trained full-precision weights of both networks, which every later variant starts from: a file of the
 * run beside its checkpoints, because those are thinned out and this must stay.
 */
import { runFiles } from '../../core/session/runRecord.ts';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import type { Run } from '../runs/runStore.ts';
import type { NamedWeight } from '../train/network.ts';
import { expectOk } from './expectOk.ts';
import { loadWeights, storeWeights } from './sessionState.ts';

export interface BaseWeights {
  readonly generator: readonly NamedWeight[];
  readonly discriminator: readonly NamedWeight[];
}

export function writeBase(
  run: Run,
  generator: readonly NamedWeight[],
  discriminator: readonly NamedWeight[],
  file: string = runFiles.base,
): void {
  const tensors = new Map([...storeWeights('G/', generator), ...storeWeights('D/', discriminator)]);
  expectOk(run.writeArtifact(file, writeSafetensors(tensors)));
}

/** null: the file is not there. */
export function readBase(run: Pick<Run, 'readArtifact'>, file: string = runFiles.base): BaseWeights | null {
  const bytes = expectOk(run.readArtifact(file));
  if (bytes === null) return null;
  const { tensors } = expectOk(readSafetensors(bytes));
  return { generator: loadWeights('G/', tensors), discriminator: loadWeights('D/', tensors) };
}
