/** Which plans are about a source, and what they say about its layers as edits. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { choicesToStages } from '../../core/plan/choicesToStages.ts';
import { readWrittenPlan, stagesToChoices } from '../../core/plan/stagesToChoices.ts';
import { publishedDcgan } from '../report/chainGraph.ts';
import { memoryHost } from '../sourceHost.ts';
import { plansAbout, roleIn } from './plansAbout.ts';

const graph = publishedDcgan();

const plan = (stages: readonly unknown[], source = 'gan.py'): string =>
  JSON.stringify({
    schema: 1,
    generator: { source, entry: 'models.Generator(100)' },
    discriminator: { source, entry: 'Critic()' },
    data: { images: 'images', size: 32, channels: 1 },
    stages,
  });

const said = (stages: readonly unknown[]): ReturnType<typeof stagesToChoices> => {
  const written = readWrittenPlan(plan(stages));
  assert.ok(written !== null);
  return stagesToChoices(written, graph, 'G');
};

const [first = '', second = ''] = graph.layers.filter(({ op }) => op === 'conv2d_transpose').map(({ name }) => name);

describe('plans about a source', () => {
  const stage = { id: 'one', family: 'precision', rep: { kind: 'binary' } };

  it('are found beside it and above it, nearest first, sound ones only', () => {
    const host = memoryHost({
      'nets/gan.py': '',
      'nets/slimwise.json': plan([stage]),
      'nets/slimwise.other.json': plan([stage], 'critic.py'),
      'nets/slimwise.broken.json': '{',
      'slimwise.all.json': plan([stage], './nets/gan.py'),
      'slimwise.json': plan([{ ...stage, stepz: 3 }], 'nets/gan.py'),
    });
    assert.deepEqual(
      plansAbout(host, 'nets/gan.py').map(({ name }) => name),
      ['nets/slimwise.json', 'slimwise.all.json'],
    );
  });

  it('know a model by the name that builds it', () => {
    const written = readWrittenPlan(plan([stage]));
    assert.ok(written !== null);
    assert.deepEqual(
      ['Generator', 'Critic', 'Gener', 'models'].map((name) => roleIn(written, name)),
      ['G', 'D', null, null],
    );
  });
});

describe('choices from the stages of a plan', () => {
  it('are what made the stages', () => {
    const choices = [
      { layer: first, action: { kind: 'bits' as const, bits: 1 as const } },
      { layer: second, action: { kind: 'bits' as const, bits: 4 as const } },
    ];
    const { stages } = choicesToStages(choices, 'G');
    assert.deepEqual(said(stages), { choices, unsaid: [] });
  });

  it('mean the layers with room for one bit where a stage selects none, until a search has decided', () => {
    const search = { id: 'find', family: 'search', module: 'G' };
    const { choices, unsaid } = said([search, { id: 'one', family: 'precision', rep: { kind: 'binary' } }]);
    assert.deepEqual(
      choices.map(({ layer }) => layer),
      graph.layers
        .filter(({ op }) => /transpose|dense/.test(op))
        .slice(0, choices.length)
        .map(({ name }) => name),
    );
    assert.ok(0 < choices.length && choices.length < 5);
    assert.deepEqual(unsaid, ['find: a search needs a run; until then its layers are those with DoR ≥ 0']);
  });

  it('put replacements before bits, let a later stage win, and say what a source cannot', () => {
    const select = { names: [first] };
    const { choices, unsaid } = said([
      { id: 'a', family: 'precision', rep: { kind: 'binary' }, select },
      { id: 'b', family: 'precision', rep: { kind: 'ternary' }, select },
      { id: 'c', family: 'lowRank', method: 'svd', rank: { abs: 8 }, select },
      { id: 'd', family: 'lowRank', method: 'svd', rank: { energy: 0.9 }, select },
      { id: 'e', family: 'precision', rep: { kind: 'int', bits: 12 }, select },
      { id: 'f', family: 'precision', rep: { kind: 'binary' }, target: ['A'], select },
      { id: 'g', family: 'lossless' },
      { id: 'h', family: 'precision', module: 'D', rep: { kind: 'binary' } },
    ]);
    assert.deepEqual(choices, [
      { layer: first, action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 8 } } },
      { layer: first, action: { kind: 'bits', bits: 'ternary' } },
    ]);
    assert.deepEqual(
      unsaid.map((why) => why.slice(0, 1)),
      ['d', 'e', 'f', 'g'],
    );
  });
});
