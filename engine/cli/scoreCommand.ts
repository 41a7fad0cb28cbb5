/**
 * `slimwise score <model>`: how good a generator's images are by SWD, and by Fréchet distance and inception score in
 * named features: of a classifier that is trained on a labelled set there and then, or of an ONNX file such as
 * Inception. This file reads the arguments, and the plan where one is named.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { FeatureModel } from '../../core/plan/featureModel.ts';
import { imagesPath } from '../session/openPlanImages.ts';
import { readPlan } from '../session/readPlan.ts';
import { fail, type CliCommand } from './command.ts';
import { badUsage } from './problems.ts';
import { scoreGenerator, type ScoreRequest } from './scoreGenerator.ts';

const usage = `Usage: slimwise score <model.safetensors> --images SET --labels FILE [options]
       slimwise score <model.safetensors> --images SET --features FILE.onnx [options]
       slimwise score <model.safetensors> --plan slimwise.json [options]

  --images SET           an IDX file, folder or archive of real images
  --labels FILE          their labels, as an IDX file: a classifier is trained on them
  --features FILE        a feature network instead, as an ONNX file (Inception or any other)
  --feature-input NAME   its input for images (default: its only one)
  --feature-output NAME  its output with a row of features per image (default: its only one)
  --class-output NAME    its output with classes, for the inception score (default: none)
  --feature-size N       the size of image it takes, where the file leaves it open
  --mean M               taken off pixels from 0 to 1: one number or one per channel (default 0.5)
  --deviation D          what the rest is divided by (default 0.5)
  --plan FILE            images, latents and evaluation.features of a plan
  --count N              images of each kind that are compared (default 1000)
  --steps N              training steps of the classifier (default 400)
  --seed N               (default 1)
  --backend NAME         as for run`;

export const scoreCommand: CliCommand = {
  summary: 'Scores a generator: SWD, and Fréchet distance and inception score by named features.',
  usage,
  async run(args, io) {
    const wrong = (message: string) => fail(io, badUsage(message, 'score'));
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          images: { type: 'string' },
          labels: { type: 'string' },
          features: { type: 'string' },
          'feature-input': { type: 'string' },
          'feature-output': { type: 'string' },
          'class-output': { type: 'string' },
          'feature-size': { type: 'string' },
          mean: { type: 'string' },
          deviation: { type: 'string' },
          plan: { type: 'string' },
          count: { type: 'string', default: '1000' },
          steps: { type: 'string', default: '400' },
          seed: { type: 'string', default: '1' },
          backend: { type: 'string', default: 'auto' },
        },
      });
      const at = (name: string): string => path.resolve(io.cwd, name);
      const [model, ...more] = positionals;
      const { labels, backend } = values;
      if (model === undefined || more.length > 0) return wrong('Name one model.');
      const [count, steps, seed] = [values.count, values.steps, values.seed].map(Number) as [number, number, number];
      if (![count, steps, seed].every((n) => Number.isSafeInteger(n) && n >= 0) || count < 100 || steps < 1) {
        return wrong('--count is at least 100, --steps at least 1, --seed a whole number.');
      }
      if (backend !== 'auto' && backend !== 'cpu' && backend !== 'onnxruntime' && backend !== 'wasm') {
        return wrong(`--backend is auto, onnxruntime, wasm or cpu, not '${backend}'.`);
      }
      const plan = values.plan === undefined ? null : await readPlan(at(values.plan));
      if (plan !== null && !plan.ok) return fail(io, plan.problem);
      const planned = plan?.value ?? null;
      const images =
        values.images === undefined ? planned && imagesPath(planned.plan, planned.planPath) : at(values.images);
      if (images === null) return wrong('Name the real images: --images or --plan.');
      let features: ScoreRequest['features'] | null = labels === undefined ? null : { labels: at(labels), steps };
      if (values.features !== undefined) {
        const asked = v.safeParse(FeatureModel, featureFields(values, at(values.features)));
        if (!asked.success) return wrong('--feature-size is a whole number, --mean and --deviation are numbers such as 0.485,0.456,0.406; no deviation is 0.'); // prettier-ignore
        features = asked.output;
      }
      const inPlan = planned?.plan.evaluation.features;
      if (features === null && planned !== null && inPlan !== undefined) {
        features = { ...inPlan, model: path.resolve(path.dirname(planned.planPath), inPlan.model) };
      }
      if (features === null) {
        return wrong('Name the features: --labels, --features, or evaluation.features in the plan.');
      }
      const latents = planned?.plan.train.latents ?? 'normal';
      return await scoreGenerator({ model: at(model), images, features, latents, count, seed, backend }, io);
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error));
    }
  },
};

/** As a plan would have them; what was not said is absent. */
function featureFields(values: Readonly<Record<string, string | undefined>>, model: string): object {
  const numbers = (text: string | undefined) =>
    text?.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const size = values['feature-size'];
  const fields = {
    model,
    input: values['feature-input'],
    features: values['feature-output'],
    classes: values['class-output'],
    size: size === undefined ? undefined : Number(size),
    mean: numbers(values['mean']),
    deviation: numbers(values['deviation']),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
