import assert from 'node:assert/strict';
import type { GraphFault } from '../../core/graph/modelGraph.ts';
import { chainGraph, dense } from '../report/chainGraph.ts';
import { cannotConstruct } from './cannotConstruct.ts';
import { checkRule, fault } from './checkRule.ts';
import { epsAsMomentum } from './epsAsMomentum.ts';
import type { FindingRule } from './rule.ts';
import { shapeMismatch } from './shapeMismatch.ts';
import { unknownInput } from './unknownInput.ts';
import { unknownLayer } from './unknownLayer.ts';

/** Rules that say what was met while the source was followed: SW401 to SW405. */
const rules: readonly (readonly [FindingRule, readonly GraphFault['kind'][]])[] = [
  [shapeMismatch, ['shapeMismatch']],
  [unknownLayer, ['unknownLayer', 'notFollowed']],
  [unknownInput, ['unknownInput']],
  [cannotConstruct, ['cannotConstruct']],
  [epsAsMomentum, ['epsAsMomentum']],
];

const kinds = rules.flatMap(([, own]) => own);

describe('findings about faults', () => {
  for (const [rule, own] of rules) {
    it(`${rule.code} says ${own.join(' and ')}, and nothing else`, () => {
      const graph = chainGraph({
        input: null,
        layers: [{ type: 'Linear', call: dense(4, 4) }],
        faults: kinds.map((kind) => fault(kind, `what happened: ${kind}`)),
      });
      assert.deepEqual(
        checkRule(rule, graph),
        own.map((kind) => `30 What happened: ${kind}.`),
      );
    });
  }

  it('SW403 is said once, and only where it costs something to know', () => {
    const faults = [fault('unknownInput', 'the first'), fault('unknownInput', 'the second')];
    const layers = [{ type: 'Linear', call: dense(4, 4) }];
    assert.deepEqual(checkRule(unknownInput, chainGraph({ input: null, layers, faults })), ['30 The first.']);
    assert.deepEqual(checkRule(unknownInput, chainGraph({ input: [1, 4], layers, faults })), []);
  });

  it('SW401 is not said of the size of a Keras batch, nor without a place', () => {
    const layers = [{ type: 'Reshape', name: 'r', call: dense(4, 4) }];
    const batch = fault('shapeMismatch', 'cannot reshape 6272 (200704 values) into 7×7×128 (6272 values)');
    const placeless = fault('shapeMismatch', 'expects 64 input channels, gets 32');
    const nowhere = { ...placeless, site: { ...placeless.site, file: '' } };
    const graph = chainGraph({ input: [1, 4], layers, faults: [batch, nowhere] });
    assert.deepEqual(checkRule(shapeMismatch, { ...graph, framework: 'keras' }), []);
    const other = fault('shapeMismatch', 'cannot reshape 6272 (6272 values) into 7×7×64 (3136 values)');
    assert.equal(checkRule(shapeMismatch, { ...graph, framework: 'keras', faults: [other] }).length, 1);
  });

  it('SW401 names the layer, and both shapes', () => {
    const layers = [{ type: 'Conv2d', name: 'c2', call: dense(4, 4) }];
    const faults = [{ ...fault('shapeMismatch', 'expects 64 input channels, gets 32 (input 32×30×30)'), layer: 0 }];
    assert.deepEqual(checkRule(shapeMismatch, chainGraph({ input: [1, 4], layers, faults })), [
      "30 Conv2d 'c2' expects 64 input channels, gets 32 (input 32×30×30).",
    ]);
  });
});
