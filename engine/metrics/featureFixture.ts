/** Small feature networks as ONNX files, for tests. */
import assert from 'node:assert/strict';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { exportGraph } from '../formats/export/exportGraph.ts';
import { onnxNetwork } from '../formats/export/onnxNodes.ts';
import { readPacked } from '../formats/packedModel.ts';
import { encodeOnnxModel } from '../tensors/onnx/onnxModel.ts';
import { handGraph } from '../train/handGraph.ts';
import { createNetwork, type Network } from '../train/network.ts';

/** Six features of 8×8 RGB images, or the maps before them. */
export function featureGraph(withRow: boolean): ModelGraph {
  const square = { stride: [2, 2], dilation: [1, 1], groups: 1, kernel: [3, 3], padding: [1, 1], bias: true } as const;
  return handGraph({
    name: 'Features',
    input: [1, 3, 8, 8],
    steps: [
      { op: 'conv2d', attributes: { ...square, inChannels: 3, outChannels: 4 }, name: 'c', shape: [1, 4, 4, 4] },
      { op: 'activation', attributes: { fn: 'relu' }, shape: [1, 4, 4, 4] },
      ...(withRow
        ? ([
            { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 }, shape: [1, 64] },
            { op: 'dense', attributes: { inFeatures: 64, outFeatures: 6, bias: true }, name: 'fc', shape: [1, 6] },
          ] as const)
        : []),
    ],
  });
}

/** With weights large enough to tell images apart. */
export function networkOf(graph: ModelGraph): Network {
  const network = createNetwork(graph, 1);
  assert.ok(network.ok, network.ok ? '' : network.problem.message);
  const weights = network.value.readWeights().map((weight) => ({ ...weight, data: weight.data.map((x) => 10 * x) }));
  assert.ok(network.value.writeWeights(weights).ok);
  return network.value;
}

/** By the project's own exporter. */
export function onnxOf(network: Network): Uint8Array {
  const weights = network.readWeights();
  const file = packGenerator({ network, weights, binarized: [], codings: new Map(), plan: {} as never, sources: {} });
  const packed = readPacked(file);
  assert.ok(packed.ok);
  const graph = exportGraph(packed.value, 'ONNX');
  assert.ok(graph.ok);
  const onnx = onnxNetwork(graph.value);
  assert.ok(onnx.ok);
  return encodeOnnxModel(onnx.value.graph);
}
