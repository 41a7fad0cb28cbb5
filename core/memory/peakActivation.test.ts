/** Peak activation memory over small graphs whose live sets can be followed by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { GraphNode, ModelGraph } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { deviceProfile, devices, defaultDeviceId } from '../devices.ts';
import { peakActivation } from './peakActivation.ts';

const relu: OpCall = { op: 'activation', attributes: { fn: 'relu' } };
const reshape: OpCall = { op: 'reshape', attributes: { shape: [1, 10] } };
const add: OpCall = { op: 'add', attributes: {} };
const input: OpCall = { op: 'input', attributes: { index: 0 } };

describe('peakActivation', () => {
  it('is the largest input and output of one step in a chain', () => {
    const graph = graphOf([[input, [], [1, 10]], [relu, [0], [1, 30]], [relu, [1], [1, 20]], [relu, [2], [1, 5]]], [3]);
    assert.deepEqual(peakActivation(graph), { bytes: 50 * 4, node: 2, nUnknown: 0 });
  });

  it('keeps a tensor for a later skip connection', () => {
    const graph = graphOf([[input, [], [1, 10]], [relu, [0], [1, 10]], [relu, [1], [1, 10]], [add, [0, 2], [1, 10]]], [3]);
    assert.deepEqual(peakActivation(graph), { bytes: 30 * 4, node: 2, nUnknown: 0 });
  });

  it('keeps an output to the end, and an unread tensor for its own step only', () => {
    const graph = graphOf([[input, [], [1, 1]], [relu, [0], [1, 10]], [relu, [0], [1, 100]], [relu, [0], [1, 20]]], [1, 3]);
    assert.deepEqual(peakActivation(graph, 1), { bytes: 111, node: 2, nUnknown: 0 });
  });

  it('lets a reshape look at its input’s memory', () => {
    const graph = graphOf([[input, [], [1, 10]], [reshape, [0], [1, 10]], [relu, [1], [1, 10]]], [2]);
    assert.deepEqual(peakActivation(graph, 1), { bytes: 20, node: 2, nUnknown: 0 });
  });

  it('keeps what an output only looks at differently', () => {
    const graph = graphOf([[input, [], [1, 10]], [relu, [0], [1, 10]], [reshape, [1], [1, 10]], [relu, [0], [1, 50]]], [2, 3]);
    assert.deepEqual(peakActivation(graph, 1), { bytes: 70, node: 3, nUnknown: 0 });
  });

  it('counts unknown shapes as such', () => {
    const graph = graphOf([[input, [], [1, '?']], [relu, [0], null], [relu, [1], [1, 7]]], [2]);
    assert.deepEqual(peakActivation(graph, 1), { bytes: 7, node: 2, nUnknown: 2 });
  });

  it('is nothing for a model without nodes', () => {
    assert.deepEqual(peakActivation(graphOf([], [])), { bytes: 0, node: null, nUnknown: 0 });
  });
}); // prettier-ignore

describe('devices', () => {
  it('have their own id, a budget and a source', () => {
    assert.equal(new Set(devices.map(({ id }) => id)).size, devices.length);
    for (const device of devices) {
      assert.equal(deviceProfile(device.id), device);
      assert.ok(Number.isSafeInteger(device.budgetBytes) && device.budgetBytes > 0);
      assert.ok(device.source.length > 20 && device.label.length > 3);
    }
    assert.ok(deviceProfile(defaultDeviceId));
    assert.equal(deviceProfile('toaster'), undefined);
  });
});

type Step = readonly [call: OpCall, inputs: readonly number[], shape: Shape | null];

function graphOf(steps: readonly Step[], outputs: readonly number[]): ModelGraph {
  const nodes = steps.map(([call, inputs, shape], id): GraphNode => {
    return { ...call, id, layer: null, inputs, shape, unknown: null, site: null };
  });
  const inputs = nodes.filter((node) => node.op === 'input').map((node) => node.id);
  return {
    name: 'Model',
    framework: 'pytorch',
    layout: 'channelsFirst',
    file: 'model.py',
    line: 1,
    instantiation: null,
    layers: [],
    nodes,
    inputs,
    outputs,
    faults: [],
  };
}
