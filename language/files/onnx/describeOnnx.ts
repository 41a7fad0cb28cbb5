/** What an ONNX file says about itself, beside its graph: who wrote it, in which dialect, where its weights are. */
import type { FileFact } from '../../../core/report/modelFileReport.ts';
import { formatBytes, formatExact } from '../../../core/format/numbers.ts';
import { sizeOf } from '../constants.ts';
import type { OnnxFile, OnnxTensor } from './onnxFile.ts';

export function onnxFacts(file: OnnxFile): readonly FileFact[] {
  const { producer, irVersion, opsets, graph } = file;
  const external = [...new Set(graph.initializers.flatMap((tensor) => tensor.external ?? []))];
  const empty = graph.initializers.filter(isEmpty);
  return [
    ...(producer === '' ? [] : [{ label: 'Written by', value: producer }]),
    {
      label: 'Operator set',
      value: [
        ...opsets.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`),
        ...(irVersion === null ? [] : [`format ${irVersion}`]),
      ].join(', '),
    },
    { label: 'Nodes', value: formatExact(graph.nodes.length) },
    { label: 'Stored weights', value: storedText(graph.initializers) },
    ...(external.length === 0
      ? []
      : [
          {
            label: 'Weights in other files',
            value: `${external.slice(0, 3).join(', ')}${external.length > 3 ? ', …' : ''} (not opened)`,
          },
        ]),
    ...(empty.length === 0
      ? []
      : [{ label: 'Weights without data', value: `${empty.length}; their sizes are what the file states` }]),
    ...unusedFact(file),
  ];
}

function storedText(tensors: readonly OnnxTensor[]): string {
  const names = [...new Set(tensors.map(({ dtype }) => dtype.name))];
  const bytes = tensors.reduce((total, { dims, dtype }) => total + Math.ceil((sizeOf(dims) * dtype.bits) / 8), 0);
  return `${formatExact(tensors.length)} tensors, ${formatBytes(bytes)}${names.length === 0 ? '' : ` of ${names.join(', ')}`}`;
}

function isEmpty({ external, storedBytes, dims }: OnnxTensor): boolean {
  return external === null && storedBytes === null && sizeOf(dims) > 0;
}

/** Weights that no node reads are in the file and in no row. */
function unusedFact({ graph }: OnnxFile): readonly FileFact[] {
  const read = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  const unused = graph.initializers.filter(({ name }) => !read.has(name));
  return unused.length === 0 ? [] : [{ label: 'Weights that no node reads', value: formatExact(unused.length) }];
}
