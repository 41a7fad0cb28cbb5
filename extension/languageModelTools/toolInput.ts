/**
 * What a language model gives a tool, which may be anything: read into what the tool needs, or answered in words
 * that say which field is wrong, so that the model can ask again.
 */
import { readChoices, whatIfBits, type WhatIfChoice } from '../../core/report/whatIfReport.ts';

export interface AnalyzeInput {
  readonly file: string;
  readonly entry: string | null;
  readonly input: readonly number[] | null;
}

export interface SimulateInput {
  readonly file: string;
  readonly model: string | null;
  readonly choices: readonly WhatIfChoice[];
  readonly budgetBytes: number | null;
}

export type ReadInput<T> = { readonly value: T } | { readonly wrong: string };

export function readAnalyzeInput(input: unknown): ReadInput<AnalyzeInput> {
  if (!isRecord(input)) return { wrong: 'The input is not an object.' };
  const { file, entry, input: shape } = input;
  if (!isText(file)) return { wrong: 'file must be the path or URI of a source or model file of the workspace.' };
  if (entry !== undefined && !isText(entry))
    return { wrong: 'entry must be a model as the source builds it: Generator(100).' };
  if (shape !== undefined && !(Array.isArray(shape) && shape.length > 0 && shape.every(isPositive)))
    return { wrong: 'input must be a list of positive whole numbers, batch first: [1, 100, 1, 1].' };
  return { value: { file, entry: entry ?? null, input: (shape as readonly number[] | undefined) ?? null } };
}

export function readSimulateInput(input: unknown): ReadInput<SimulateInput> {
  if (!isRecord(input)) return { wrong: 'The input is not an object.' };
  const { file, model, choices = [], budgetBytes } = input;
  if (!isText(file)) return { wrong: 'file must be the path or URI of a source of the workspace.' };
  if (model !== undefined && !isText(model)) return { wrong: 'model must be the name of a model of the file.' };
  if (budgetBytes !== undefined && !isPositive(budgetBytes))
    return { wrong: 'budgetBytes must be a positive whole number of bytes.' };
  const read = readChoices(choices);
  if (!Array.isArray(choices) || read.length !== choices.length) return { wrong: choiceForm(choices) };
  if (read.length === 0 && budgetBytes === undefined)
    return { wrong: 'Give choices, or budgetBytes to have the bits chosen.' };
  return { value: { file, model: model ?? null, choices: read, budgetBytes: budgetBytes ?? null } };
}

function choiceForm(choices: unknown): string {
  const at = Array.isArray(choices) ? choices.findIndex((choice) => readChoices([choice]).length === 0) : -1;
  const which = at < 0 ? 'choices' : `choices[${at}]`;
  return (
    `${which} is not of the form {"layer": "main.2", "action": …} with an action {"kind": "bits", "bits": one of ` +
    `${JSON.stringify(whatIfBits)}}, {"kind": "channels", "channels": 48} or {"kind": "rewrite", "rewrite": {"kind": ` +
    `"separable", "resizeConv" or "subPixel"}} or {"kind": "rewrite", "rewrite": {"kind": "lowRank", "rank": 16}}.`
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && 0 < value.length && value.length <= 4096;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
