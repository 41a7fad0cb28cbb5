/**
 * From a settings stage and the two networks to what each setting binarizes. The numbers 1, 2, 3 … are the
 * transposed convolutions of G in the order in which they run, unless the stage names layers; the letters are
 * rows of PBGen's Table II and need four of them. "Discriminator binarized" means all convolutions of D. Full
 * precision is always among the settings, because the others are compared with it.
 */
import type { ModelGraph } from '../graph/modelGraph.ts';
import type { Problem } from '../problem.ts';
import { failure, success, type Result } from '../result.ts';
import { nearestName } from './nearestName.ts';
import { settingNamesWrong, settingNeedsLayers, unknownLayer } from './problems.ts';
import { kindOf } from './selectLayers.ts';
import { settingLetters, type SettingLetter, type SettingsStageFields } from './settingsStage.ts';

export interface Setting {
  readonly name: string;
  /** Numbers, from 1, of the binarized layers. */
  readonly numbers: readonly number[];
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  /** A generator of its own, as the plan's is given; null for the plan's. */
  readonly entry: string | null;
}

export interface SettingLayers {
  /** What the numbers mean. */
  readonly layers: readonly string[];
  readonly settings: readonly Setting[];
}

/** PBGen, Table II. */
const tableTwo: Readonly<Record<SettingLetter, { readonly numbers: readonly number[]; readonly binarizeD: boolean }>> =
  {
    A: { numbers: [], binarizeD: false },
    B: { numbers: [1], binarizeD: false },
    C: { numbers: [2], binarizeD: false },
    D: { numbers: [3], binarizeD: false },
    E: { numbers: [4], binarizeD: false },
    F: { numbers: [1, 2, 3], binarizeD: false },
    G: { numbers: [1, 2, 3, 4], binarizeD: false },
    H: { numbers: [1, 2, 3], binarizeD: true },
  };

interface NamedSetting {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly binarizeD: boolean;
  readonly entry?: string | undefined;
}

export function resolveSettings(
  stage: Pick<SettingsStageFields, 'id' | 'settings' | 'layers'>,
  generator: ModelGraph,
  discriminator: ModelGraph,
): Result<SettingLayers> {
  const layers = stage.layers ?? layersOfKind(generator, 'deconv');
  const known = generator.layers.map(({ name }) => name);
  const missing = layers.find((name) => !known.includes(name));
  if (missing !== undefined) return failure(unknownLayer(stage.id, missing, nearestName(missing, known)));
  const chosen = namedSettings(stage.settings, layers.length);
  const fault = faultOf(stage, chosen, layers);
  if (fault !== null) return failure(fault);
  const convolutionsOfD = layersOfKind(discriminator, 'conv');
  const settings = withFullPrecision(chosen).map(({ name, numbers, binarizeD, entry }) => ({
    name,
    numbers,
    layersG: numbers.flatMap((number) => layers[number - 1] ?? []),
    layersD: binarizeD ? convolutionsOfD : [],
    entry: entry ?? null,
  }));
  return success({ layers, settings });
}

function namedSettings(settings: SettingsStageFields['settings'], nLayers: number): readonly NamedSetting[] {
  if (settings === 'AtoH') return settingLetters.map((letter) => ({ name: letter, ...tableTwo[letter] }));
  if (settings === 'subsets') return subsets(nLayers);
  return settings.map((setting) =>
    typeof setting === 'string'
      ? { name: setting, ...tableTwo[setting] }
      : { name: setting.name, numbers: setting.layers, binarizeD: setting.binarizeD, entry: setting.entry },
  );
}

/** All choices of 1 … n, by size and then in order: none, 1, 2, 3, 1-2, 1-3 … */
function subsets(n: number): readonly NamedSetting[] {
  return Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (_unused, i) => i + 1).filter((number) => ((bits >> (number - 1)) & 1) === 1),
  )
    .sort((a, b) => a.length - b.length || a.join().localeCompare(b.join(), 'en'))
    .map((numbers) => ({ name: numbers.length === 0 ? 'none' : numbers.join('-'), numbers, binarizeD: false }));
}

function withFullPrecision(settings: readonly NamedSetting[]): readonly NamedSetting[] {
  const isFull = ({ numbers, binarizeD, entry }: NamedSetting): boolean =>
    numbers.length === 0 && !binarizeD && entry === undefined;
  const full = settings.find(isFull) ?? { name: 'A', numbers: [], binarizeD: false };
  return [full, ...settings.filter((setting) => !isFull(setting))];
}

/** Names become parts of file names. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

function faultOf(
  { id }: Pick<SettingsStageFields, 'id'>,
  settings: readonly NamedSetting[],
  layers: readonly string[],
): Problem | null {
  const bad = settings.find(({ name }) => !plainName.test(name));
  if (bad !== undefined) return settingNamesWrong(id, `"${bad.name}" is not made of letters, digits, dots and dashes`);
  const twice = settings.find(({ name }, i) => settings.some((other, j) => j < i && other.name === name));
  if (twice !== undefined) return settingNamesWrong(id, `"${twice.name}" is there twice`);
  const tooHigh = settings.find(({ numbers }) => numbers.some((number) => number > layers.length));
  if (tooHigh === undefined) return null;
  return settingNeedsLayers(id, tooHigh.name, Math.max(...tooHigh.numbers), layers);
}

function layersOfKind(graph: ModelGraph, kind: 'conv' | 'deconv'): readonly string[] {
  const run = new Set(graph.nodes.flatMap(({ layer }) => layer ?? []));
  return graph.layers.filter((layer) => run.has(layer.index) && kindOf(layer.op) === kind).map(({ name }) => name);
}
