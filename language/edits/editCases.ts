/**
 * The cases that the tests of source edits share: each action on a layer of a small source in each framework. The
 * texts before and after stand in `test/fixtures/edits/`, so that a reader sees what an edit looks like.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memoryHost, type SourceHost } from '../sourceHost.ts';
import type { LayerAction } from './layerAction.ts';

export const editedFrameworks = ['pytorch', 'keras', 'tfjs'] as const;
export type EditedFramework = (typeof editedFrameworks)[number];

export interface EditCase {
  readonly name: string;
  readonly action: LayerAction;
  /** The layer by its operator: the first one of that kind, in order of execution. */
  readonly op: 'dense' | 'conv2d' | 'conv2d_transpose';
}

export const editCases: readonly EditCase[] = [
  { name: 'binarize', op: 'conv2d_transpose', action: { kind: 'bits', bits: 1 } },
  { name: 'ternarize', op: 'conv2d', action: { kind: 'bits', bits: 'ternary' } },
  { name: 'quantize', op: 'conv2d', action: { kind: 'bits', bits: 4 } },
  { name: 'lowRank', op: 'conv2d_transpose', action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 24 } } },
  { name: 'separable', op: 'conv2d', action: { kind: 'rewrite', rewrite: { kind: 'separable' } } },
  { name: 'resizeConv', op: 'conv2d_transpose', action: { kind: 'rewrite', rewrite: { kind: 'resizeConv' } } },
  { name: 'subPixel', op: 'conv2d_transpose', action: { kind: 'rewrite', rewrite: { kind: 'subPixel' } } },
  { name: 'narrow', op: 'conv2d_transpose', action: { kind: 'channels', channels: 48 } },
  { name: 'widen', op: 'conv2d', action: { kind: 'channels', channels: 256 } },
];

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
