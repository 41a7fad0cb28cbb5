/**
 * Shapes and weights against what PyTorch and Keras themselves computed for random operators; the scripts
 * that wrote the figures stand beside them in `golden/`. An operator that the framework refuses must be a mismatch.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { weightSpecs } from '../cost/weightSpecs.ts';
import type { Framework } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Layout, Shape } from '../graph/shape.ts';
import { inferShape } from './inferShape.ts';

type GoldenCase = OpCall & {
  readonly inputs: readonly Shape[];
  /** null: the framework raised an error. */
  readonly output: Shape | null;
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly type?: string;
};

interface Golden {
  readonly from: string;
  readonly cases: readonly GoldenCase[];
}

const frameworks: readonly (readonly [Framework, Layout, nCases: number])[] = [
  ['pytorch', 'channelsFirst', 1328],
  ['keras', 'channelsLast', 421],
];

for (const [framework, layout, nCases] of frameworks) {
  const name = framework === 'pytorch' ? 'torch' : framework;
  const golden = JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as Golden;

  describe(`figures from ${golden.from}`, () => {
    it('are all there', () => assert.equal(golden.cases.length, nCases));

    for (const op of new Set(golden.cases.map((row) => row.op))) {
      it(`agree for ${op}`, () => {
        for (const row of golden.cases.filter((candidate) => candidate.op === op)) {
          const told = JSON.stringify(row);
          const result = inferShape(row, row.inputs, layout);
          // PyTorch lets a 1d pooling that does not fit give an empty result; nothing can follow it.
          if (row.output === null || row.output.includes(0)) assert.equal(result.kind, 'mismatch', told);
          else assert.deepEqual(result, { kind: 'shape', shape: row.output }, told);
          if (row.weights === undefined) continue;
          const specs = weightSpecs(row, framework, row.type) ?? assert.fail(told);
          const weights = Object.fromEntries(specs.map((spec) => [lastPart(spec.name), spec.shape]));
          assert.deepEqual(weights, rename(row.weights), told);
        }
      });
    }
  });
}

/** Keras names a recurrent layer's weights below its cell. */
function rename(weights: Readonly<Record<string, readonly number[]>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(weights).map(([name, shape]) => [lastPart(name), shape]));
}

function lastPart(name: string): string {
  return name.split('/').pop() ?? name;
}
