/**
 * From a plan to everything that a session trains with: the two graphs read from the user's sources, the
 * images, and the check that they fit each other. Nothing is trained and nothing is written here; whatever
 * is wrong is a `Problem` before a run folder exists.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import { presetFile, presetText } from '../../core/plan/networkPresets.ts';
import { settingOwnGenerator } from '../../core/plan/problems.ts';
import { resolveSettings } from '../../core/plan/resolveSettings.ts';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { buildGraph } from '../../language/analyze.ts';
import { memoryHost } from '../../language/sourceHost.ts';
import { diskHost } from '../../language/server/diskHost.ts';
import { releaseImages, type ImageSet } from '../data/imageSet.ts';
import { patchSize } from '../metrics/swdDescriptors.ts';
import { buildOperators } from '../train/buildOperators.ts';
import { imagesPath, openPlanImages, type ImageReading } from './openPlanImages.ts';
import { imagesTooSmall, networksDoNotFit, sourceNotFound, tooFewImages } from './problems.ts';
import { summingHost } from './sourceSums.ts';

export interface PreparedSession {
  readonly plan: CompressionPlan;
  /** Absolute. */
  readonly planPath: string;
  readonly generator: ModelGraph;
  /** Generators of settings that have their own, by entry. */
  readonly otherGenerators: ReadonlyMap<string, ModelGraph>;
  readonly discriminator: ModelGraph;
  readonly images: ImageSet;
  /** SHA-256 of the sources, by path relative to the plan. */
  readonly sources: Readonly<Record<string, string>>;
  /** What the user should know although nothing is wrong. */
  readonly notes: readonly string[];
}

export async function prepareSession(
  plan: CompressionPlan,
  planPath: string,
  reading: ImageReading = {},
): Promise<Result<PreparedSession>> {
  const folder = path.dirname(planPath);
  if (plan.data.size < patchSize) return failure(imagesTooSmall(planPath, plan.data.size, patchSize));
  const generator = readNetwork(plan, planPath, 'generator');
  if (!generator.ok) return generator;
  const discriminator = readNetwork(plan, planPath, 'discriminator');
  if (!discriminator.ok) return discriminator;
  for (const { graph } of [generator.value, discriminator.value]) {
    const built = buildOperators(graph);
    if (!built.ok) return withAbsolutePath(built, folder);
  }
  const fits = checkFit(plan, planPath, generator.value.graph, discriminator.value.graph);
  if (!fits.ok) return fits;
  const settings = checkSettings(plan, generator.value.graph, discriminator.value.graph);
  if (!settings.ok) return failure({ ...settings.problem, path: planPath });
  const others = readOtherGenerators(plan, planPath, generator.value.graph, discriminator.value.graph);
  if (!others.ok) return others;
  const images = await openPlanImages(plan, planPath, reading);
  if (!images.ok) return images;
  if (images.value.nImages < plan.train.batch) {
    releaseImages(images.value);
    return failure(tooFewImages(imagesPath(plan, planPath), images.value.nImages, plan.train.batch));
  }
  const { skipped } = images.value;
  return success({
    plan,
    planPath,
    generator: generator.value.graph,
    otherGenerators: others.value,
    discriminator: discriminator.value.graph,
    images: images.value,
    sources: { ...generator.value.sums, ...discriminator.value.sums },
    notes: [
      ...(skipped.length === 0
        ? []
        : [`${skipped.length} images were skipped, the first: ${skipped[0]?.file} (${skipped[0]?.reason}).`]),
      ...(others.value.size === 0
        ? []
        : ['Time and memory are announced for the plan’s own generator; some settings train another one.']),
    ],
  });
}

/** Problems of a graph name its source as the plan does; the user gets the file. */
function withAbsolutePath(failed: { readonly ok: false; readonly problem: Problem }, folder: string): Result<never> {
  const { path: file } = failed.problem;
  return file === undefined ? failed : failure({ ...failed.problem, path: path.resolve(folder, file) });
}

/** The graph of one network and the sums of the sources that it was read from, relative to the plan. */
function readNetwork(
  plan: CompressionPlan,
  planPath: string,
  role: 'generator' | 'discriminator',
  entry = plan[role].entry,
): Result<{ graph: ModelGraph; sums: Record<string, string> }> {
  const folder = path.dirname(planPath);
  const { source, input } = plan[role];
  const published = presetText(source);
  if (published !== null) {
    const host = summingHost(memoryHost({ [presetFile]: published }));
    const graph = buildGraph(host, presetFile, entry, input ? [input] : null);
    if (!graph.ok) return failure({ ...graph.problem, path: planPath });
    return success({ graph: { ...graph.value, file: source }, sums: { [source]: host.sums.get(presetFile) ?? '' } });
  }
  const file = path.resolve(folder, source);
  if (!existsSync(file)) return failure(sourceNotFound(file, role));
  // Imports are followed below the folder that holds both the plan and the source.
  const root = commonFolder(folder, path.dirname(file));
  const host = summingHost(diskHost(root));
  const graph = buildGraph(host, path.relative(root, file).split(path.sep).join('/'), entry, input ? [input] : null);
  if (!graph.ok) return failure({ ...graph.problem, path: file });
  const sums = Object.fromEntries(
    [...host.sums].map(([name, sum]) => [path.relative(folder, path.join(root, name)).split(path.sep).join('/'), sum]),
  );
  return success({ graph: { ...graph.value, file: source }, sums });
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (path.relative(folder, b).startsWith('..') && path.dirname(folder) !== folder) folder = path.dirname(folder);
  return folder;
}

/** The settings of an experiment name layers that there are. */
function checkSettings(plan: CompressionPlan, generator: ModelGraph, discriminator: ModelGraph): Result<null> {
  for (const stage of plan.stages) {
    if (stage.family !== 'settings') continue;
    const resolved = resolveSettings(stage, generator, discriminator);
    if (!resolved.ok) return resolved;
  }
  return success(null);
}

/** Generators that settings of an experiment have of their own: same class, same names of layers, same images. */
function readOtherGenerators(
  plan: CompressionPlan,
  planPath: string,
  generator: ModelGraph,
  discriminator: ModelGraph,
): Result<ReadonlyMap<string, ModelGraph>> {
  const graphs = new Map<string, ModelGraph>();
  for (const stage of plan.stages) {
    if (stage.family !== 'settings') continue;
    const resolved = resolveSettings(stage, generator, discriminator);
    if (!resolved.ok) return resolved;
    for (const { name, entry, layersG } of resolved.value.settings) {
      if (entry === null) continue;
      const wrong = (what: string): Result<never> =>
        failure({ ...settingOwnGenerator(stage.id, name, what), path: planPath });
      if (stage.from === 'trained') return wrong('settings that start from trained weights share one generator');
      const read = readNetwork(plan, planPath, 'generator', entry);
      if (!read.ok) return read;
      const { graph } = read.value;
      const missing = layersG.find((layer) => !graph.layers.some((known) => known.name === layer));
      if (missing !== undefined) return wrong(`it has no layer ${missing}`);
      const built = buildOperators(graph);
      if (!built.ok) return withAbsolutePath(built, path.dirname(planPath));
      const fits = checkFit(plan, planPath, graph, discriminator);
      if (!fits.ok) return fits;
      // The same entry twice is one network, which is then built once.
      graphs.set(entry, graphs.get(entry) ?? graph);
    }
  }
  return success(graphs);
}

/** The generator draws what the plan's data are, and the discriminator reads it and gives one number. */
function checkFit(
  { data, generator: { source } }: CompressionPlan,
  planPath: string,
  generator: ModelGraph,
  discriminator: ModelGraph,
): Result<null> {
  const file = path.resolve(path.dirname(planPath), source);
  const expected = `${data.size}×${data.size}×${data.channels}`;
  const drawn = imageShape(generator, generator.outputs[0]);
  if (drawn !== expected) {
    return failure(networksDoNotFit(`${generator.name} draws ${drawn} and the plan's images are ${expected}.`, file));
  }
  const read = imageShape(discriminator, discriminator.inputs[0]);
  if (read !== expected) {
    return failure(
      networksDoNotFit(`${discriminator.name} reads ${read} and the plan's images are ${expected}.`, file),
    );
  }
  const judged = discriminator.nodes[discriminator.outputs[0] ?? -1]?.shape ?? null;
  if (judged === null || judged.some((dim) => dim !== 1)) {
    const found = judged === null ? 'an unknown shape' : `[${judged.join(', ')}]`;
    return failure(networksDoNotFit(`${discriminator.name} gives ${found} per image; one number is needed.`, file));
  }
  return success(null);
}

/** Height × width × channels, or what is there instead, in words. */
function imageShape(graph: ModelGraph, id: number | undefined): string {
  const shape = graph.nodes[id ?? -1]?.shape ?? null;
  if (shape === null) return 'an unknown shape';
  const [, a, b, c] = shape;
  if (shape.length !== 4) return `[${shape.join(', ')}]`;
  return graph.layout === 'channelsFirst' ? `${b}×${c}×${a}` : `${a}×${b}×${c}`;
}
