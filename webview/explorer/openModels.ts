/**
 * From the host's answer to models that draw. A compressed model that cannot be opened is the page's error; an
 * original that cannot be opened, or that is another network, is told and left out, and the rest goes on.
 */
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { ExplorerEngine, ExplorerModel } from '../../core/session/explorerEngine.ts';
import type { ExplorerFile, ExplorerInit } from '../../core/session/explorerProtocol.ts';

export interface OpenModel {
  readonly model: ExplorerModel;
  /** On disk. */
  readonly bytes: number;
}

export interface OpenModels {
  readonly title: string;
  readonly compressed: OpenModel;
  readonly original: OpenModel | null;
  /** Why there is no original although there should be one. */
  readonly originalProblem: Problem | null;
}

/** The bytes at a URI; null where there are none. */
export type LoadBytes = (uri: string) => Promise<Uint8Array | null>;

export async function openModels(
  init: Extract<ExplorerInit, { readonly state: 'model' }>,
  engine: ExplorerEngine,
  load: LoadBytes,
): Promise<Result<OpenModels>> {
  const compressed = await openModel(init.compressed, engine, load);
  if (!compressed.ok) return compressed;
  const opened = init.original === null ? null : await openModel(init.original, engine, load);
  const problem = opened === null ? null : opened.ok ? mismatch(compressed.value, opened.value) : opened.problem;
  return success({
    title: init.title,
    compressed: compressed.value,
    original: opened?.ok && problem === null ? opened.value : null,
    originalProblem: problem,
  });
}

async function openModel(file: ExplorerFile, engine: ExplorerEngine, load: LoadBytes): Promise<Result<OpenModel>> {
  const bytes = await load(file.uri);
  if (bytes === null) return failure(modelNotLoaded());
  const model = await engine.open(bytes);
  return model.ok ? success({ model: model.value, bytes: bytes.length }) : model;
}

function mismatch({ model: a }: OpenModel, { model: b }: OpenModel): Problem | null {
  const same = a.latentSize === b.latentSize && JSON.stringify(a.image) === JSON.stringify(b.image);
  if (same) return null;
  return {
    code: 'SWP_EXPLORER_OTHER_NETWORK',
    message: 'The full-precision model of this run is of another network than the compressed one.',
    hint: 'Its files were changed after the run; run it again to compare. The compressed model is shown alone.',
  };
}

function modelNotLoaded(): Problem {
  return {
    code: 'SWP_EXPLORER_NOT_LOADED',
    message: 'The model file could not be read.',
    hint: 'It may have been moved or deleted since the run finished; refresh the runs and open it again.',
  };
}
