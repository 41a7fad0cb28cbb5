/**
 * Makes a plan for the models of a source file by asking what cannot be known: which of several models,
 * which images. Every question can be answered from the keyboard, and leaving one leaves everything as it
 * was. It never overwrites a file.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Uri, window, workspace, type QuickPickItem, type TextDocument } from 'vscode';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { LanguageService } from '../language/languageService.ts';
import { roleOf } from '../language/pickModel.ts';
import { chosenDevice } from '../platform/settings.ts';
import { noModelsFound, planExists } from '../problems.ts';
import { planNames } from './findPlans.ts';
import { entryOf, imageFormOf, planDraft, planFileName, type ChosenModel } from './planDraft.ts';

export interface CreatePlanContext {
  readonly language: LanguageService;
  readonly extensionUri: Uri;
}

/** The path of the new plan; null where the user left a question. */
export async function createPlan(
  context: CreatePlanContext,
  document: TextDocument,
  preferred: string | null,
): Promise<Result<string | null>> {
  const file = document.uri.fsPath;
  const folder = dirname(file);
  const models = await context.language.models(document);
  if (models.length === 0) return failure(noModelsFound(file, null));
  const generator = await chooseGenerator(models, preferred);
  if (generator === null) return success(null);
  const discriminator = await chooseDiscriminator(context, models, generator);
  if (discriminator === null) return success(null);
  const form = imageFormOf(generator) ?? (await askImageForm());
  if (form === null) return success(null);
  const images = await chooseImages(context, folder);
  if (images === null) return success(null);

  const path = join(folder, planFileName(basename(file), await planNames(folder)));
  const plan = planDraft({
    name: `${generator.name} of ${basename(file)}`,
    generator: chosen(generator, folder),
    discriminator: chosen(discriminator, folder),
    images: { path: images, ...form },
    device: chosenDevice(document.uri),
  });
  try {
    await writeFile(path, `${JSON.stringify(plan, null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return failure(planExists(path));
    throw error;
  }
  return success(path);
}

async function chooseGenerator(models: readonly ModelReport[], preferred: string | null): Promise<ModelReport | null> {
  const named = models.find((model) => model.name === preferred && roleOf(model) !== 'discriminator');
  const generators = models.filter((model) => roleOf(model) === 'generator');
  if (named !== undefined) return named;
  if (generators.length === 1) return generators[0] ?? null;
  return pickModel(models, 'Which model is the generator?');
}

async function chooseDiscriminator(
  context: CreatePlanContext,
  models: readonly ModelReport[],
  generator: ModelReport,
): Promise<ModelReport | null> {
  const others = models.filter((model) => model !== generator);
  const discriminators = others.filter((model) => roleOf(model) === 'discriminator');
  if (discriminators.length === 1) return discriminators[0] ?? null;
  if (others.length > 0) return pickModel(others, 'Which model is the discriminator?');
  const [uri] =
    (await window.showOpenDialog({
      title: 'Which file defines the discriminator?',
      defaultUri: Uri.file(dirname(generator.file)),
      filters: { Models: ['py', 'ts', 'js', 'tsx', 'jsx'] },
    })) ?? [];
  if (uri === undefined) return null;
  const found = await context.language.models(await workspace.openTextDocument(uri));
  return pickModel(found, 'Which model is the discriminator?');
}

async function pickModel(models: readonly ModelReport[], title: string): Promise<ModelReport | null> {
  if (models.length <= 1) return models[0] ?? null;
  const items = models.map((model) => ({
    label: model.name,
    description: entryOf(model),
    detail: `line ${model.line} of ${basename(model.file)}`,
    model,
  }));
  return (await window.showQuickPick(items, { title, placeHolder: 'Models in this file' }))?.model ?? null;
}

async function askImageForm(): Promise<{ size: number; channels: 1 | 3 } | null> {
  const items = [32, 64, 128].flatMap((size) =>
    ([1, 3] as const).map((channels) => ({
      label: `${size} × ${size}`,
      description: channels === 1 ? 'grey' : 'colour',
      size,
      channels,
    })),
  );
  const title = 'Which pictures does the generator draw?';
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: 'The analysis could not tell its output shape',
  });
  return picked === undefined ? null : { size: picked.size, channels: picked.channels };
}

async function chooseImages(context: CreatePlanContext, folder: string): Promise<string | null> {
  const items: readonly (QuickPickItem & { readonly id: 'sample' | 'folder' | 'idx' })[] = [
    {
      id: 'sample',
      label: 'Included images',
      description: 'Fashion-MNIST, 10,000 images',
      detail: 'Copied into data/ beside the model, with their licence',
    },
    { id: 'folder', label: 'A folder of images…', description: 'PNG and JPEG' },
    { id: 'idx', label: 'An IDX file…', description: 'as MNIST comes, .gz too' },
  ];
  const picked = await window.showQuickPick(items, {
    title: 'Which images does it learn from?',
    placeHolder: 'They stay on this machine',
  });
  if (picked === undefined) return null;
  if (picked.id === 'sample') return copySampleImages(context, folder);
  const [uri] =
    (await window.showOpenDialog({
      canSelectFolders: picked.id === 'folder',
      canSelectFiles: picked.id === 'idx',
      defaultUri: Uri.file(folder),
      title: picked.id === 'folder' ? 'Folder of images' : 'IDX file of images',
    })) ?? [];
  return uri === undefined ? null : relativeTo(folder, uri.fsPath);
}

async function copySampleImages({ extensionUri }: CreatePlanContext, folder: string): Promise<string> {
  const from = Uri.joinPath(extensionUri, 'samples', 'dcgan', 'data').fsPath;
  await mkdir(join(folder, 'data'), { recursive: true });
  await cp(from, join(folder, 'data'), { recursive: true, force: false });
  return 'data/t10k-images-idx3-ubyte.gz';
}

function chosen(model: ModelReport, folder: string): ChosenModel {
  return { source: relativeTo(folder, model.file), entry: entryOf(model) };
}

function relativeTo(folder: string, path: string): string {
  const inside = relative(folder, path).split(sep).join('/');
  return inside === '' ? '.' : inside;
}
