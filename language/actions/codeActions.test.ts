import assert from 'node:assert/strict';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { DescribedModel } from '../describeFile.ts';
import { checkModel } from '../findings/rules.ts';
import { parseSuppressions } from '../findings/suppress.ts';
import { costModel } from '../report/buildReport.ts';
import { chainGraph, conv2d, dense, publishedDcgan } from '../report/chainGraph.ts';
import { defaultSettings } from '../settings.ts';
import { codeActions, type ActionRequest, type FixedAction } from './codeActions.ts';

function described(graph: ModelGraph): DescribedModel {
  const model = costModel(graph, { convFormula: 'published' });
  return { ...model, findings: checkModel(model, defaultSettings) };
}

const source = Array.from({ length: 20 }, (_unused, lineIdx) => `    line${lineIdx + 1}`).join('\n');

function actionsAt(line: number, graph: ModelGraph, change: Partial<ActionRequest> = {}): readonly FixedAction[] {
  const model = described(graph);
  return codeActions([model], model.findings, {
    uri: 'file:///w/model.py',
    file: 'model.py',
    text: source,
    marker: '#',
    fromLine: line,
    toLine: line,
    clientCommands: [],
    ...change,
  });
}

/** The document after the first insertion. */
function applied(text: string, action: FixedAction | undefined): string {
  const insertion = action?.insertion;
  assert.ok(insertion);
  const lines = text.split('\n');
  const own = lines[insertion.line - 1] ?? '';
  lines[insertion.line - 1] = own.slice(0, insertion.column) + insertion.text + own.slice(insertion.column);
  return lines.join('\n');
}

describe('code actions', () => {
  it('suppresses a finding with a comment that the analysis then honours', () => {
    const [action] = actionsAt(12, publishedDcgan());
    assert.equal(action?.title, 'Suppress SW101 here');
    const text = applied(source, action);
    assert.equal(text.split('\n')[11], '    # slimwise: ignore[SW101]');
    assert.equal(parseSuppressions(text).has('SW101', 13), true);
    assert.equal(parseSuppressions(text).has('SW101', 14), false);
  });

  it('adds its code to a suppression that is already there', () => {
    const text = source.replace('    line12', '    # slimwise: ignore[SW101]');
    const action = actionsAt(13, publishedDcgan(), { text }).find(({ title }) => title === 'Suppress SW201 here');
    assert.equal(applied(text, action).split('\n')[11], '    # slimwise: ignore[SW101, SW201]');
  });

  it('never separates a continued line from its continuation', () => {
    const text = source.replace('line11', 'line11 = a + \\');
    const [action] = actionsAt(12, publishedDcgan(), { text });
    assert.equal(applied(text, action).split('\n')[11], '    line12  # slimwise: ignore[SW101]');
  });

  it('offers input shapes that the first layer allows', () => {
    const conv = chainGraph({
      name: 'Critic',
      input: [1, 3, '?', '?'],
      layers: [{ type: 'Conv2d', call: conv2d({ from: 3, to: 8 }) }],
    });
    const titles = actionsAt(5, conv).map(({ title }) => title);
    assert.deepEqual(titles.slice(0, 2), [
      'Set input shape of Critic to (1,3,32,32)',
      'Set input shape of Critic to (1,3,64,64)',
    ]);
    const linear = chainGraph({ name: 'Mlp', input: null, layers: [{ type: 'Linear', call: dense(784, 10) }] });
    const [action] = actionsAt(5, linear);
    assert.equal(applied(source, action).split('\n')[4], '    # slimwise: Mlp input=(1,784)');
  });

  it('offers to set the input shape before it offers to hide that it is missing', () => {
    const graph = chainGraph({
      name: 'Critic',
      input: [1, 3, '?', '?'],
      layers: [{ type: 'Conv2d', call: conv2d({ from: 3, to: 8 }) }],
      faults: [
        {
          kind: 'unknownInput',
          message: 'the shape of input 1 is not known',
          site: { file: 'model.py', line: 5, column: 0, endLine: 5, endColumn: 5 },
          layer: null,
        },
      ],
    });
    const titles = actionsAt(5, graph).map(({ title }) => title);
    assert.match(titles[0] ?? '', /^Set input shape/);
    assert.ok(titles.includes('Suppress SW403 here'), titles.join());
  });

  it('lights the bulb only for a client that has the command', () => {
    assert.deepEqual(
      actionsAt(10, publishedDcgan()).filter(({ kind }) => kind === 'refactor'),
      [],
    );
    const [bulb] = actionsAt(10, publishedDcgan(), { clientCommands: ['slimwise.compressWisely'] });
    assert.deepEqual(bulb?.command, {
      name: 'slimwise.compressWisely',
      arguments: ['file:///w/model.py', 'Generator'],
    });
  });

  it('offers nothing far from any model', () => {
    assert.deepEqual(actionsAt(1, publishedDcgan(), { clientCommands: ['slimwise.compressWisely'] }), []);
  });
});
