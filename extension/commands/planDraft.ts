/**
 * A first plan for two models that the user chose: Algorithm 1 on the generator, then both networks
 * binarized, on the images named. It writes out only what differs from the schema's defaults and what a
 * reader will want to change. Pure; what it makes satisfies the plan's own schema (a test checks).
 */
import { deviceProfile, type DeviceProfile } from '../../core/devices.ts';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { isKnownShape } from '../../core/graph/shape.ts';

export interface PlanChoices {
  readonly name: string;
  /** Sources relative to the plan, with forward slashes. */
  readonly generator: ChosenModel;
  readonly discriminator: ChosenModel;
  readonly images: { readonly path: string; readonly size: number; readonly channels: 1 | 3 };
  /** A built-in profile, or one of the user's own, which the plan then holds itself. */
  readonly device: DeviceProfile;
}

export interface ChosenModel {
  readonly source: string;
  readonly entry: string;
}

export function planDraft({ name, generator, discriminator, images, device }: PlanChoices): unknown {
  return {
    schema: 1,
    name,
    generator,
    discriminator,
    data: { images: images.path, size: images.size, channels: images.channels },
    train: { steps: 400, batch: 32, sampleEvery: 25 },
    stages: [
      { id: 'find', family: 'search', algorithm: 'pbgenAlg1', module: 'G', threshold: 'noise', steps: 150 },
      { id: 'binarize', family: 'precision', rep: { kind: 'binary' }, module: 'both', steps: 200 },
    ],
    budget: { device: device.id },
    ...(deviceProfile(device.id) === undefined ? { devices: [device] } : {}),
    seed: 1,
  };
}

/** How the plan names a model: word for word as its source builds it, else without arguments. */
export function entryOf({ name, instantiation }: Pick<ModelReport, 'name' | 'instantiation'>): string {
  return instantiation ?? `${name}()`;
}

/** The square pictures that a generator draws; null where its output is not one, or not known. */
export function imageFormOf(model: ModelReport): { readonly size: number; readonly channels: 1 | 3 } | null {
  const shape = model.outputs[0] ?? null;
  if (!isKnownShape(shape) || shape.length !== 4) return null;
  const [, second = 0, third = 0, last = 0] = shape;
  const channelsFirst = model.framework === 'pytorch' || model.framework === 'onnx';
  const [channels, height, width] = channelsFirst ? [second, third, last] : [last, second, third];
  if (height !== width || (channels !== 1 && channels !== 3)) return null;
  return { size: height, channels };
}

/** `slimwise.json` where it is free, else one named after the source. */
export function planFileName(sourceName: string, taken: readonly string[]): string {
  const stem = sourceName.replace(/\.[^.]+$/, '');
  const names = ['slimwise.json', `slimwise.${stem}.json`];
  return names.find((name) => !taken.includes(name)) ?? `slimwise.${stem}.${taken.length}.json`;
}
