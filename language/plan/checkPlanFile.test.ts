/** Plans held against sources in memory: every entry on its line. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { memoryHost } from '../sourceHost.ts';
import { checkPlanFile, pathBeside } from './checkPlanFile.ts';

const source = `
import torch.nn as nn

class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(100, 256, 4),
            nn.ConvTranspose2d(256, 1, 8, 8),
        )

    def forward(self, x):
        return self.main(x)

class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(1, 64, 4, 2, 1), nn.Conv2d(64, 1, 16))

    def forward(self, x):
        return self.main(x)
`;

const plan = (stage: string, more = ''): string => `{
  "schema": 1,
  "generator": { "source": "gan.py", "entry": "G()", "input": [1, 100, 1, 1] },
  "discriminator": { "source": "gan.py", "entry": "D()", "input": [1, 1, 32, 32] },
  "data": { "images": "images", "size": 32, "channels": 1 },
  "train": { "steps": 10, "batch": 4 },
  "stages": [
    {
      "id": "binarize",
      "family": "precision",
      "rep": { "kind": "binary" },
      "module": "both",
      ${stage}
    }
  ]${more}
}`;

const check = (text: string, files: Readonly<Record<string, string>> = { 'gan.py': source }): readonly string[] => {
  const { problems, warnings } = checkPlanFile(text, 'slimwise.json', memoryHost(files));
  return [...problems, ...warnings].map(({ code, line }) => `${line} ${code}`);
};

describe('checkPlanFile', () => {
  it('has nothing to say of a plan that fits', () => {
    assert.deepEqual(check(plan('"steps": 10')), []);
  });

  it('warns on the line of the layer that is binarized against its redundancy', () => {
    assert.deepEqual(
      check(plan('"select": {\n        "names": [\n          "main.0",\n          "main.1"\n        ]\n      }')),
      ['15 SWP_PLAN_NEGATIVE_DOR'],
    );
  });

  it('names layers that no network has, on their line, and what was meant', () => {
    const text = plan('"select": {\n        "names": ["main.1",\n "main.7"]\n      }');
    assert.deepEqual(check(text), ['15 SWP_PLAN_UNKNOWN_LAYER']);
  });

  it('refuses a wrong field on its line before it reads a source', () => {
    assert.deepEqual(check(plan('"step": 10'), {}), ['13 SWP_PLAN_UNKNOWN_KEY']);
  });

  it('says that a source or a model is missing', () => {
    assert.deepEqual(check(plan('"steps": 10'), {}), ['3 SWP_SOURCE_NOT_FOUND', '4 SWP_SOURCE_NOT_FOUND']);
    assert.deepEqual(check(plan('"steps": 10').replace('G()', 'Other()')), ['3 SWP_NO_MODEL']);
  });

  it('warns where not even one bit everywhere fits the budget', () => {
    assert.deepEqual(check(plan('"steps": 10', ',\n  "budget": {\n    "bytes": 1000\n  }')), [
      '17 SWP_PLAN_OVER_BUDGET',
    ]);
    assert.deepEqual(check(plan('"steps": 10', ',\n  "budget": { "bytes": 100000 }')), []);
  });

  it('finds sources beside the plan, and none above the folder', () => {
    assert.equal(pathBeside('plans/slimwise.json', '../gan.py'), 'gan.py');
    assert.equal(pathBeside('slimwise.json', './models/gan.py'), 'models/gan.py');
    assert.equal(pathBeside('slimwise.json', '../gan.py'), null);
    assert.equal(pathBeside('slimwise.json', '/etc/passwd'), null);
    assert.deepEqual(check(plan('"steps": 10').replaceAll('gan.py', '../gan.py')), [
      '3 SWP_PLAN_SOURCE_OUTSIDE',
      '4 SWP_PLAN_SOURCE_OUTSIDE',
    ]);
  });
});
