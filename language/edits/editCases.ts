/**
 * The cases that the tests of source edits share: each action on a layer of a small source in each framework, and
 * several at once. The texts before and after stand in `test/fixtures/edits/`, so that a reader sees what an edit
 * looks like.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { memoryHost, type SourceHost } from '../sourceHost.ts';
import type { LayerAction } from './layerAction.ts';
import type { LayerChoice } from './orderChoices.ts';

export const editedFrameworks = ['pytorch', 'keras', 'tfjs'] as const;
export type EditedFramework = (typeof editedFrameworks)[number];

export interface EditCase {
  readonly name: string;
  readonly choices: readonly CaseChoice[];
}

/** The layer by its operator: the first one of that kind, in order of execution. */
export interface CaseChoice {
  readonly op: 'dense' | 'conv2d' | 'conv2d_transpose';
  readonly action: LayerAction;
}

const lowRank = (rank: number): LayerAction => ({ kind: 'rewrite', rewrite: { kind: 'lowRank', rank } });

const one = (name: string, op: CaseChoice['op'], action: LayerAction): EditCase => ({
  name,
  choices: [{ op, action }],
});

export const editCases: readonly EditCase[] = [
  one('binarize', 'conv2d_transpose', { kind: 'bits', bits: 1 }),
  one('ternarize', 'conv2d', { kind: 'bits', bits: 'ternary' }),
  one('quantize', 'conv2d', { kind: 'bits', bits: 4 }),
  one('lowRank', 'conv2d_transpose', lowRank(24)),
  one('lowRankFirst', 'dense', lowRank(8)),
  one('separable', 'conv2d', { kind: 'rewrite', rewrite: { kind: 'separable' } }),
  one('resizeConv', 'conv2d_transpose', { kind: 'rewrite', rewrite: { kind: 'resizeConv' } }),
  one('subPixel', 'conv2d_transpose', { kind: 'rewrite', rewrite: { kind: 'subPixel' } }),
  one('narrow', 'conv2d_transpose', { kind: 'channels', channels: 48 }),
  one('widen', 'conv2d', { kind: 'channels', channels: 256 }),
  {
    name: 'widths',
    choices: [
      { op: 'conv2d_transpose', action: { kind: 'channels', channels: 48 } },
      { op: 'conv2d', action: { kind: 'prune', granularity: 'channel', share: 0.25 } },
    ],
  },
  {
    name: 'together',
    choices: [
      { op: 'dense', action: { kind: 'bits', bits: 1 } },
      { op: 'conv2d_transpose', action: { kind: 'bits', bits: 'ternary' } },
      { op: 'conv2d_transpose', action: lowRank(24) },
      { op: 'conv2d_transpose', action: { kind: 'channels', channels: 48 } },
      { op: 'conv2d', action: { kind: 'channels', channels: 24 } },
      { op: 'conv2d', action: { kind: 'bits', bits: 4 } },
    ],
  },
];

export function choicesOf({ layers }: ModelGraph, { choices }: EditCase): readonly LayerChoice[] {
  return choices.map(({ op, action }) => ({
    layer: layers.find((candidate) => candidate.op === op)?.name ?? '',
    action,
  }));
}

const fixtures = new URL('../../test/fixtures/edits/', import.meta.url);

export function fixtureFile(framework: EditedFramework): string {
  return framework === 'tfjs' ? 'generator.ts' : 'generator.py';
}

export function readFixture(framework: EditedFramework, name: string): string {
  const ending = framework === 'tfjs' ? 'ts' : 'py';
  return readFileSync(fileURLToPath(new URL(`${framework}/${name}.${ending}`, fixtures)), 'utf8');
}

export function fixtureHost(framework: EditedFramework): SourceHost {
  return memoryHost({ [fixtureFile(framework)]: readFixture(framework, 'before') });
}
