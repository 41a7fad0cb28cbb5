import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultSettings } from '../settings.ts';
import { memoryHost } from '../sourceHost.ts';
import { describeNotebook } from './describeNotebook.ts';
import { readNotebook } from './readNotebook.ts';

const code = (...lines: readonly string[]) => ({
  cell_type: 'code',
  metadata: { tags: ['a "b" {'] },
  execution_count: 1,
  outputs: [{ data: { 'text/plain': ['x}]"\\'], 'image/png': 'iVBOR' } }],
  source: lines.map((line, idx) => (idx + 1 < lines.length ? `${line}\n` : line)),
});
const notebook = (cells: readonly unknown[]): string =>
  JSON.stringify({ cells, metadata: { kernelspec: { name: 'python3' } }, nbformat: 4, nbformat_minor: 5 }, null, 1);

const model = notebook([
  { cell_type: 'markdown', metadata: {}, source: '# A model' },
  code('%matplotlib inline', 'import torch', 'import torch.nn as nn'),
  code(
    'class Net(nn.Module):',
    '    def __init__(self, c):',
    '        super().__init__()',
    '        self.conv = nn.Conv2d(3, c, 3)',
    '    def forward(self, x):',
    '        return self.conv(x)',
  ),
  code('!nvidia-smi', 'net = Net(8)', 'net(torch.randn(1, 3, 10, 10))'),
]);

describe('readNotebook', () => {
  it('gives the cells in order, and steps over the rest', () => {
    const cells = readNotebook(model);
    assert.deepEqual(
      cells?.map(({ kind }) => kind),
      ['markdown', 'code', 'code', 'code'],
    );
    assert.equal(cells?.[3]?.source, '!nvidia-smi\nnet = Net(8)\nnet(torch.randn(1, 3, 10, 10))');
  });

  it('reads the older format with worksheets', () => {
    const text = JSON.stringify({ nbformat: 3, worksheets: [{ cells: [{ cell_type: 'code', input: ['x = 1'] }] }] });
    assert.deepEqual(readNotebook(text), [{ kind: 'code', source: 'x = 1' }]);
  });

  it('reads past outputs of 50 MB', () => {
    const large = model.replace('"iVBOR"', () => `"${'A'.repeat(50_000_000)}"`);
    const startedAt = process.cpuUsage();
    assert.equal(readNotebook(large)?.length, 4);
    const { user } = process.cpuUsage(startedAt);
    assert.ok(user < 2_000_000, `${user / 1000} ms`);
  });

  it('says null for what is no notebook', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{"cells": []}',
      '{"nbformat": 4, "cells": [}',
      '"x"',
      'null',
      `${'['.repeat(100_000)}`,
    ])
      assert.equal(readNotebook(text), null, text.slice(0, 30));
  });

  it('never throws, and finds nothing else than JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.nat(model.length),
        fc.nat(40),
        fc.constantFrom('', '"', '{', ']', ',', '\\'),
        (at, length, added) => {
          const text = model.slice(0, at) + added + model.slice(at + length);
          const cells = readNotebook(text);
          try {
            const parsed = JSON.parse(text) as { readonly cells?: readonly unknown[]; readonly nbformat?: unknown };
            if (Array.isArray(parsed.cells) && parsed.nbformat !== undefined && cells !== null) {
              assert.equal(cells.length, parsed.cells.length);
            }
          } catch (error) {
            if (!(error instanceof SyntaxError)) throw error;
          }
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe('describeNotebook', () => {
  it('follows a model from the cell that defines it to the cell that builds it', () => {
    const report = describeNotebook(memoryHost({}), { path: 'a/net.ipynb', text: model }, defaultSettings);
    const [net] = report?.models ?? [];
    assert.deepEqual(
      [net?.name, net?.file, net?.cell, net?.line, net?.instantiation],
      ['Net', 'a/net.ipynb', 2, 1, 'Net(8)'],
    );
    const [conv] = net?.layers ?? [];
    assert.deepEqual(
      [conv?.file, conv?.cell, conv?.line, conv?.endLine, conv?.column, conv?.outputShape],
      ['a/net.ipynb', 2, 4, 4, 20, [1, 8, 8, 8]],
    );
  });
});
