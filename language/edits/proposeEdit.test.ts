/**
 * Every action in every framework, from text to text: the edited source is what the fixture shows, what it weighs
 * is what was predicted, and taking the edit back gives the source byte for byte.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyzeFile } from '../analyze.ts';
import { costModel } from '../report/buildReport.ts';
import { memoryHost } from '../sourceHost.ts';
import {
  choicesOf,
  editCases,
  editedFrameworks,
  fixtureFile,
  fixtureHost,
  readFixture,
  type EditedFramework,
} from './editCases.ts';
import type { LayerAction, Proposal, ProposedEdit } from './layerAction.ts';
import { proposeEdit } from './proposeEdit.ts';
import { editedText, withChange } from './textEdit.ts';

function propose(framework: EditedFramework, op: string, action: LayerAction, text?: string): Proposal {
  const file = fixtureFile(framework);
  const host = text === undefined ? fixtureHost(framework) : memoryHost({ [file]: text });
  const [graph] = analyzeFile(host, file).graphs;
  assert.ok(graph);
  const layer = graph.layers.find((candidate) => candidate.op === op);
  return proposeEdit({ host, file, model: graph.name }, [{ layer: layer?.name ?? '', action }]);
}

function accepted(proposal: Proposal): ProposedEdit {
  assert.ok('edit' in proposal, 'refused' in proposal ? proposal.refused : '');
  return proposal.edit;
}

for (const framework of editedFrameworks) {
  describe(`actions on a ${framework} source`, () => {
    const file = fixtureFile(framework);
    const before = readFixture(framework, 'before');

    for (const own of editCases) {
      const { name } = own;
      it(`${name}: the edit of the fixture, with exactly the predicted numbers`, () => {
        const [source] = analyzeFile(fixtureHost(framework), file).graphs;
        assert.ok(source);
        const request = { host: fixtureHost(framework), file, model: source.name };
        const edit = accepted(proposeEdit(request, choicesOf(source, own)));
        const text = editedText(before, file, edit.change.edits);
        assert.equal(text, readFixture(framework, name));
        const host = withChange(fixtureHost(framework), edit.change);
        const [graph] = analyzeFile(host, file).graphs;
        assert.ok(graph);
        const { totals } = costModel(graph, { convFormula: 'published' }).report;
        assert.deepEqual(
          [totals.declaredBytes ?? totals.bytes.fp32, totals.macs, totals.params],
          [edit.after.bytes, edit.after.macs, edit.after.params],
        );
        assert.notDeepEqual(edit.before, edit.after);
        // Choices are carried out in an order of their own.
        const turned = accepted(proposeEdit(request, choicesOf(source, own).toReversed()));
        assert.equal(editedText(before, file, turned.change.edits), text);
      });
    }

    it('changes its mind: other bits replace the wrapper, full precision takes it away', () => {
      const first = accepted(propose(framework, 'conv2d', { kind: 'bits', bits: 1 }));
      const binarized = editedText(before, file, first.change.edits);
      const second = accepted(propose(framework, 'conv2d', { kind: 'bits', bits: 3 }, binarized));
      const quantized = editedText(binarized, file, second.change.edits);
      assert.match(quantized, /quantize\(/);
      assert.match(quantized, /, 3\)/);
      assert.equal(/\bbinarize\(/.test(quantized), false);
      const third = accepted(propose(framework, 'conv2d', { kind: 'bits', bits: 32 }, quantized));
      const plain = editedText(quantized, file, third.change.edits);
      const withoutImport = plain
        .split('\n')
        .filter((line) => !line.includes('slimwise_layers'))
        .join('\n');
      assert.equal(withoutImport, before);
      assert.deepEqual(third.change.created, []);
    });

    it('stacks: a low-rank pair of few bits', () => {
      const low = { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 8 } } as const;
      const first = accepted(propose(framework, 'conv2d_transpose', low));
      const text = editedText(before, file, first.change.edits);
      const second = accepted(propose(framework, 'conv2d_transpose', { kind: 'bits', bits: 1 }, text));
      const stacked = editedText(text, file, second.change.edits);
      assert.match(stacked, /binarize\(low_?[rR]ank\(/);
      assert.deepEqual(
        second.layers.map(({ name }) => name.endsWith('.0') || name.endsWith('.1') || framework === 'tfjs'),
        [true, true],
      );
    });

    it('makes several choices in one edit, with one import', () => {
      const host = fixtureHost(framework);
      const [graph] = analyzeFile(host, file).graphs;
      assert.ok(graph);
      const named = (op: string): string => graph.layers.find((layer) => layer.op === op)?.name ?? '';
      const edit = accepted(
        proposeEdit({ host, file, model: graph.name }, [
          { layer: named('conv2d_transpose'), action: { kind: 'bits', bits: 1 } },
          { layer: named('conv2d'), action: { kind: 'bits', bits: 4 } },
        ]),
      );
      const text = editedText(before, file, edit.change.edits);
      assert.match(text, /^(from slimwise_layers import binarize, quantize|import \{ binarize, quantize \} from .*)$/m);
      assert.equal(text.match(/import .*(binarize|quantize)/g)?.length, 1);
    });

    it('writes the module of layers once, and never over a file of the user', () => {
      const edit = accepted(propose(framework, 'conv2d', { kind: 'bits', bits: 1 }));
      const [created] = edit.change.created;
      assert.ok(created);
      assert.match(created.file, /^slimwise_layers\.(py|ts)$/);
      const proposeBeside = (text: string): Proposal => {
        const host = memoryHost({ [file]: before, [created.file]: text });
        const [graph] = analyzeFile(host, file).graphs;
        const layer = graph?.layers.find(({ op }) => op === 'conv2d');
        return proposeEdit({ host, file, model: graph?.name ?? '' }, [
          { layer: layer?.name ?? '', action: { kind: 'bits', bits: 1 } },
        ]);
      };
      assert.deepEqual(accepted(proposeBeside(created.text)).change.created, []);
      const refusal = proposeBeside('# my own layers\n');
      assert.match('refused' in refusal ? refusal.refused : '', /is not the module that Slimwise writes/);
    });

    it('refuses with a reason', () => {
      const reason = (op: string, action: LayerAction): string => {
        const proposal = propose(framework, op, action);
        return 'refused' in proposal ? proposal.refused : 'an edit';
      };
      assert.match(reason('dense', { kind: 'rewrite', rewrite: { kind: 'subPixel' } }), /only a two-dimensional/);
      assert.match(reason('conv2d', { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 999 } }), /largest rank/);
      assert.match(reason('dense', { kind: 'channels', channels: 100 }), /depends on its channels/);
      assert.match(reason('batch_norm', { kind: 'bits', bits: 1 }), /no kernel/);
    });
  });
}

describe('a Keras layer that says the input of its model', () => {
  it('keeps its place, and may have fewer bits', () => {
    const text = readFixture('keras', 'before')
      .replace('            keras.Input(shape=(latents,)),\n', '')
      .replace('layers.Dense(8 * 8 * 128)', 'layers.Dense(8 * 8 * 128, input_dim=latents)');
    const pair = propose('keras', 'dense', { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: 8 } }, text);
    assert.match('refused' in pair ? pair.refused : '', /put a keras\.Input\(shape=…\) before it first/);
    assert.ok('edit' in propose('keras', 'dense', { kind: 'bits', bits: 1 }, text));
  });
});
