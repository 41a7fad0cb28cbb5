import assert from 'node:assert/strict';
import { buildGraph } from './analyze.ts';
import { memoryHost } from './sourceHost.ts';

const source = `
import argparse
import torch
import torch.nn as nn

class Generator(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc = nn.Linear(100, width)

    def forward(self, z):
        return self.fc(z)

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=64)
opt = parser.parse_args()
netG = Generator(opt.width)
netG(torch.randn(1, 100))
`;

describe('buildGraph', () => {
  const host = memoryHost({ 'g.py': source });
  const weightOf = (entry: string | null): readonly number[] | undefined => {
    const graph = buildGraph(host, 'g.py', entry, null);
    assert.ok(graph.ok);
    return graph.value.layers[0]?.weights?.[0]?.shape;
  };

  it('builds an entry that repeats the source with the values that the source has', () => {
    assert.deepEqual(weightOf('Generator(opt.width)'), [64, 100]);
    assert.deepEqual(weightOf(null), [64, 100]);
  });

  it('builds any other entry as it is written', () => {
    assert.deepEqual(weightOf('Generator()'), [8, 100]);
    assert.deepEqual(weightOf('Generator(width=16)'), [16, 100]);
  });

  it('says that there is no such model', () => {
    const graph = buildGraph(host, 'g.py', 'Critic()', null);
    assert.equal(graph.ok ? '' : graph.problem.code, 'SWP_NO_MODEL');
  });
});
