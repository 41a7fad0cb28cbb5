/**
 * Several choices as one edit: what is left of each when they meet on one layer, on a wrapper that is there already,
 * on two models of two files; and what a source has no words for is named and not counted.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyzeFile } from '../analyze.ts';
import { memoryHost } from '../sourceHost.ts';
import { fixtureHost, readFixture } from './editCases.ts';
import type { Proposal, ProposedEdit } from './layerAction.ts';
import type { LayerChoice } from './orderChoices.ts';
import { proposeEdit, proposeTogether, sizeOf } from './proposeEdit.ts';
import { editedText, withChange } from './textEdit.ts';

const file = 'generator.py';
const model = 'Generator';

const bits = (layer: string, count: 1 | 4 | 32): LayerChoice => ({ layer, action: { kind: 'bits', bits: count } });
const channels = (layer: string, count: number): LayerChoice => ({
  layer,
  action: { kind: 'channels', channels: count },
});
const lowRank = (layer: string, rank: number): LayerChoice => ({
  layer,
  action: { kind: 'rewrite', rewrite: { kind: 'lowRank', rank } },
});
const pruned = (layer: string, granularity: 'channel' | 'weight', share: number): LayerChoice => ({
  layer,
  action: { kind: 'prune', granularity, share },
});

function accepted(proposal: Proposal): ProposedEdit {
  assert.ok('edit' in proposal, 'refused' in proposal ? proposal.refused : '');
  return proposal.edit;
}

const proposed = (...choices: readonly LayerChoice[]): Proposal =>
  proposeEdit({ host: fixtureHost('pytorch'), file, model }, choices);

describe('several choices in one edit', () => {
  const before = readFixture('pytorch', 'before');

  it('put a pair inside the bits that are there, and new bits around the pair', () => {
    const first = accepted(proposed(bits('main.2', 4)));
    const text = editedText(before, file, first.change.edits);
    const host = withChange(fixtureHost('pytorch'), first.change);
    const line = (...choices: readonly LayerChoice[]): string => {
      const { change } = accepted(proposeEdit({ host, file, model }, choices));
      return /.*nn\.ConvTranspose2d\(128, .*/.exec(editedText(text, file, change.edits))?.[0].trim() ?? '';
    };
    const call = 'nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1, bias=False)';
    assert.equal(line(lowRank('main.2', 8)), `quantize(low_rank(${call}, 8), 4),  # 8 -> 16`);
    assert.equal(line(lowRank('main.2', 8), bits('main.2', 1)), `binarize(low_rank(${call}, 8)),  # 8 -> 16`);
    assert.equal(line(lowRank('main.2', 8), bits('main.2', 32)), `low_rank(${call}, 8),  # 8 -> 16`);
  });

  it('let the later choice of a kind count', () => {
    const once = accepted(proposed(bits('main.2', 4), channels('main.5', 16)));
    const twice = accepted(
      proposed(bits('main.2', 1), channels('main.5', 8), bits('main.2', 4), channels('main.5', 16)),
    );
    assert.deepEqual(twice.change, once.change);
  });

  it('prune channels by narrowing, and leave pruned weights to a plan', () => {
    const narrow = accepted(proposed(channels('main.2', 48)));
    const both = accepted(proposed(pruned('main.2', 'channel', 0.25), pruned('main.5', 'weight', 0.9)));
    assert.deepEqual(both.change, narrow.change);
    assert.deepEqual(both.after, narrow.after);
    assert.deepEqual(both.leftOut, [
      'pruning 90 % of the weights of main.5 is for a plan: a source has no words for it',
    ]);
    const alone = proposed(pruned('main.5', 'weight', 0.9));
    assert.match('refused' in alone ? alone.refused : '', /is for a plan/);
  });

  it('name the choice that refuses, and change nothing then', () => {
    const refusal = proposed(channels('main.2', 48), channels('main.8', 9), bits('fc', 1));
    assert.deepEqual(refusal, { refused: 'main.8: it would change the output of the model to 9×32×32' });
    // A pair that saves at 64 channels takes more at 8.
    const tooMuch = proposed(lowRank('main.2', 50), channels('main.2', 4));
    assert.match('refused' in tooMuch ? tooMuch.refused : '', /^main\.2: a pair of rank 50 has no fewer weights/);
  });
});

const generator = `import torch.nn as nn
from blocks import Critic

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.ConvTranspose2d(64, 32, 4), nn.ConvTranspose2d(32, 3, 4, 2, 1))

    def forward(self, x):
        return self.main(x)
# slimwise: Generator() input=(1,64,1,1)
`;
const critic = `import torch.nn as nn

class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(3, 32, 4, 2, 1), nn.Conv2d(32, 1, 4))

    def forward(self, x):
        return self.main(x)
# slimwise: Critic() input=(1,3,8,8)
`;

describe('an edit of two models', () => {
  const host = memoryHost({ 'gan.py': generator, 'blocks.py': critic });
  const target = (path: string, name: string, choices: readonly LayerChoice[]) => ({
    file: path,
    model: name,
    before: analyzeFile(host, path),
    choices,
  });

  it('is one change of both files, with the sizes of each', () => {
    const edit = accepted(
      proposeTogether(host, [
        target('gan.py', 'Generator', [channels('main.0', 16), bits('main.0', 1)]),
        target('blocks.py', 'Critic', [bits('main.0', 1), channels('main.0', 24)]),
      ]),
    );
    const edited = withChange(host, edit.change);
    assert.match(
      edited.read('gan.py') ?? '',
      /binarize\(nn\.ConvTranspose2d\(64, 16, 4\)\), nn\.ConvTranspose2d\(16, 3/,
    );
    assert.match(edited.read('blocks.py') ?? '', /binarize\(nn\.Conv2d\(3, 24, 4, 2, 1\)\), nn\.Conv2d\(24, 1, 4\)/);
    assert.deepEqual(
      edit.change.created.map((created) => created.file),
      ['slimwise_layers.py'],
    );
    for (const [idx, path] of ['gan.py', 'blocks.py'].entries()) {
      const graph = analyzeFile(edited, path).graphs.find(({ name }) => name === edit.sizes[idx]?.model);
      assert.ok(graph);
      assert.deepEqual(sizeOf(graph), edit.sizes[idx]?.after);
    }
  });

  it('is refused whole where one of them refuses', () => {
    const proposal = proposeTogether(host, [
      target('gan.py', 'Generator', [bits('main.0', 1)]),
      target('blocks.py', 'Critic', [channels('main.1', 2)]),
    ]);
    assert.match('refused' in proposal ? proposal.refused : '', /^main\.1: it would change the output of the model/);
  });
});
