import assert from 'node:assert/strict';
import { describeFile } from '../describeFile.ts';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';

function findings(body: string): string[] {
  const source = `import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.spare = nn.Linear(4, 100)
        self.act = nn.ReLU()
${body}
Net()(torch.rand(1, 4))
`;
  const { models } = describeFile(memoryHost({ 'm.py': `import torch\n${source}` }), 'm.py', defaultSettings, {});
  return models.flatMap((model) => model.findings.filter(({ code }) => code === 'SW406').map(({ message }) => message));
}

describe('SW406', () => {
  it('names layers with weights that nothing runs or mentions again', () => {
    assert.deepEqual(findings('    def forward(self, x):\n        return self.first(x)  # not self.spare(x)'), [
      "Linear 'spare' is built and never run; its 500 parameters are still saved and counted.",
    ]);
  });

  it('is silent where another method runs the layer, or reads its weights', () => {
    const forward = '    def forward(self, x):\n        return self.first(x)\n';
    assert.deepEqual(findings(`${forward}    def loss(self, x):\n        return self.spare(x)`), []);
    assert.deepEqual(findings(`${forward}    def tie(self):\n        self.head = self.spare.weight`), []);
  });

  it('is silent where a file beside names the layer, which a loss may run', () => {
    const model = `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.judge = nn.Linear(4, 1)
    def forward(self, x):
        return self.first(x)
Net()(torch.rand(1, 4))
`;
    const codesBeside = (loss: string): string[] => {
      const host = memoryHost({ 'm.py': model, 'losses.py': loss });
      const { models } = describeFile(host, 'm.py', defaultSettings, {});
      return models.flatMap(({ findings: found }) => found.map(({ code }) => code)).filter((code) => code === 'SW406');
    };
    assert.deepEqual(codesBeside('def loss(net, x):\n    return net.judge(net(x)).mean()\n'), []);
    assert.deepEqual(codesBeside('def loss(net, x):\n    net.judge = None  # net.judge(x)\n'), ['SW406']);
  });

  it('is silent where the model was not followed to its end', () => {
    assert.deepEqual(findings('    def forward(self, x):\n        raise NotImplementedError'), []);
    assert.deepEqual(
      findings(
        '    def forward(self, x):\n        for part in parts():\n            x = self.first(x)\n        return x',
      ),
      [],
    );
  });
});
