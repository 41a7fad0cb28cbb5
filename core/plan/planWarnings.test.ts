/** What a plan is warned of on real networks, and which layers a stage selects. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { GraphNode, Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import type { CompressionPlan, PlanStage } from './compressionPlan.ts';
import { planWarnings } from './planWarnings.ts';
import { layersToBinarize, selectLayers } from './selectLayers.ts';
import { validatePlan } from './validatePlan.ts';

/** The sample's networks: DoR 99, 240, 64, −192 and −48, 896, 1792, 4095. */
const generator = chain([1, 100], [
  ['project', { op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } }],
  [null, { op: 'reshape', attributes: { shape: [-1, 256, 4, 4] } }],
  ['main.0', { op: 'batch_norm', attributes: { features: 256, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true } }],
  ['main.2', deconvolution(256, 128)],
  ['main.5', deconvolution(128, 64)],
  ['main.8', deconvolution(64, 1)],
  ['main.9', { op: 'activation', attributes: { fn: 'tanh' } }],
]); // prettier-ignore
const discriminator = chain([1, 1, 32, 32], [
  ['features.0', convolution(1, 64)],
  ['features.2', convolution(64, 128)],
  ['features.5', convolution(128, 256)],
  [null, { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } }],
  ['classify', { op: 'dense', attributes: { inFeatures: 4096, outFeatures: 1, bias: true } }],
]); // prettier-ignore
const models = { generator, discriminator };

const search = { id: 'find', family: 'search', module: 'G' };
const binarize = { id: 'binarize', family: 'precision', rep: { kind: 'binary' } };

describe('planWarnings', () => {
  it('names each layer that is binarized below a redundancy of 0, with the number', () => {
    const warnings = planWarnings(planOf({ ...binarize, select: { dor: {} } }), models);
    assert.deepEqual(warnings.map(({ code, message }) => [code, message]), [
      ['SWP_PLAN_NEGATIVE_DOR', 'The plan binarizes main.8 of the generator, whose degree of redundancy is -192.'],
      ['SWP_PLAN_NEGATIVE_DOR', 'The plan binarizes features.0 of the discriminator, whose degree of redundancy is -48.'],
    ]); // prettier-ignore
    assert.deepEqual(layersWarnedOf(planOf({ ...binarize, select: { names: ['main.5', 'main.8'] } })), ['main.8']);
  });

  it('leaves to a search what the search decides', () => {
    assert.deepEqual(layersWarnedOf(planOf(search, { ...binarize, select: { dor: {} } })), ['features.0']);
  });

  it('is silent where the selection leaves such layers out, or leaves the choice to us', () => {
    assert.deepEqual(planWarnings(planOf({ ...binarize, select: { dor: { min: 0 } } }), models), []);
    assert.deepEqual(planWarnings(planOf(binarize), models), []);
  });

  it('goes by the formula that the stage selects by', () => {
    const stage = { ...binarize, module: 'D', select: { kind: ['conv'], dor: { max: 1e9, formula: 'derived' } } };
    // 4·4·1 − 16·16 = −240 where the published formula gives −48.
    assert.match(planWarnings(planOf(stage), models)[0]?.message ?? '', /features\.0 .* is -240\./);
  });

  it('suggests the layer that a misspelt name meant', () => {
    const [warning] = planWarnings(planOf({ ...binarize, select: { names: ['main2', 'features.2'] } }), models);
    assert.deepEqual([warning?.code, warning?.hint], ['SWP_PLAN_UNKNOWN_LAYER', 'Did you mean "main.2"?']);
  });

  it('says that a selection is empty', () => {
    const codes = planWarnings(planOf({ ...binarize, select: { dor: { min: 9000 } } }), models).map(({ code }) => code);
    assert.deepEqual(codes, ['SWP_PLAN_SELECTS_NOTHING']);
  });

  it('says nothing of networks that could not be read', () => {
    assert.deepEqual(planWarnings(planOf(binarize), { generator: null, discriminator: null }), []);
  });
});

describe('selectLayers', () => {
  const rows: readonly (readonly [select: PlanStage['select'], names: readonly string[]])[] = [
    [{}, ['project', 'main.0', 'main.2', 'main.5', 'main.8']],
    [{ kind: ['deconv'] }, ['main.2', 'main.5', 'main.8']],
    [{ kind: ['dense', 'norm'] }, ['project', 'main.0']],
    [{ names: ['main.5', 'main.9'] }, ['main.5']],
    [{ dor: { min: 64, max: 99, formula: 'published' } }, ['project', 'main.5']],
    [{ kind: ['deconv'], dor: { max: -1, formula: 'published' } }, ['main.8']],
  ];
  for (const [select, names] of rows) {
    it(`takes ${names.join(', ')} for ${JSON.stringify(select)}`, () => {
      assert.deepEqual(
        selectLayers(generator, select).map(({ name }) => name),
        names,
      );
    });
  }
});

describe('layersToBinarize', () => {
  it('takes the layers that are fit where the stage chooses nothing', () => {
    assert.deepEqual(layersToBinarize(generator, {}, null), ['project', 'main.2', 'main.5']);
    assert.deepEqual(layersToBinarize(discriminator, {}, null), ['features.2', 'features.5', 'classify']);
  });

  it('takes a choice at its word, redundant or not, norms aside', () => {
    assert.deepEqual(layersToBinarize(generator, { names: ['main.8', 'main.0'] }, null), ['main.8']);
    assert.deepEqual(layersToBinarize(generator, { dor: { max: 64, formula: 'published' } }, null), [
      'main.5',
      'main.8',
    ]);
  });

  it('takes what a search accepted, as far as the stage selects it', () => {
    assert.deepEqual(layersToBinarize(generator, {}, ['main.8', 'main.2']), ['main.8', 'main.2']);
    assert.deepEqual(layersToBinarize(generator, { kind: ['deconv'] }, ['project', 'main.2']), ['main.2']);
  });
});

function layersWarnedOf(plan: CompressionPlan): readonly (string | undefined)[] {
  return planWarnings(plan, models).map(({ message }) => /binarizes (\S+) of/.exec(message)?.[1]);
}

function planOf(...stages: readonly object[]): CompressionPlan {
  const network = { source: 'a.py', entry: 'G()' };
  const plan = {
    schema: 1,
    generator: network,
    discriminator: network,
    data: { images: 'data', size: 32, channels: 1 },
    stages,
  };
  const result = validatePlan(JSON.stringify(plan), 'slimwise.json');
  return result.ok ? result.value.plan : assert.fail(result.problem.message);
}

/** A network that runs its operators one after the other; those without a name are functional. */
function chain(input: Shape, steps: readonly (readonly [name: string | null, call: OpCall])[]): ModelGraph {
  const nodes: GraphNode[] = [
    { op: 'input', attributes: { index: 0 }, id: 0, layer: null, inputs: [], shape: input, unknown: null, site: null },
  ];
  const layers: Layer[] = [];
  const site = { file: 'a.py', line: 1, column: 0, endLine: 1, endColumn: 1 };
  for (const [name, call] of steps) {
    const id = nodes.length;
    const result = inferShape(call, [nodes[id - 1]?.shape ?? null], 'channelsFirst');
    const shape = result.kind === 'shape' ? result.shape : assert.fail(JSON.stringify(result));
    const index = layers.length;
    nodes.push({
      ...call,
      id,
      layer: name === null ? null : index,
      inputs: [id - 1],
      shape,
      unknown: null,
      site: null,
    });
    if (name !== null)
      layers.push({ ...call, index, name, type: call.op, site, stack: [], weights: null, unknown: null });
  }
  return {
    name: 'Model',
    framework: 'pytorch',
    layout: 'channelsFirst',
    file: 'a.py',
    line: 1,
    instantiation: null,
    layers,
    nodes,
    inputs: [0],
    outputs: [nodes.length - 1],
    faults: [],
  };
}

function convolution(inChannels: number, outChannels: number): OpCall {
  return { op: 'conv2d', attributes: convAttributes(inChannels, outChannels) };
}

function deconvolution(inChannels: number, outChannels: number): OpCall {
  return { op: 'conv2d_transpose', attributes: { ...convAttributes(inChannels, outChannels), outputPadding: [0, 0] } };
}

function convAttributes(inChannels: number, outChannels: number) {
  return {
    inChannels,
    outChannels,
    kernel: [4, 4],
    stride: [2, 2],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    bias: false,
  };
}
