import assert from 'node:assert/strict';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { costModel } from '../report/buildReport.ts';
import { chainGraph, conv2d, dense, publishedDcgan } from '../report/chainGraph.ts';
import { codeLenses } from './codeLenses.ts';
import { hoverAt } from './hoverAt.ts';
import { codeSpan, escapeMarkdown } from './markdown.ts';

function hover(graph: ModelGraph, line: number, column = 20): string | null {
  const model = { ...costModel(graph, { convFormula: 'published' }), findings: [] };
  return hoverAt([model], { file: 'model.py', line, column }, { bytes: 1000, name: 'the budget' });
}

describe('hover', () => {
  it('puts the numbers into the formulas, and says why other tools count more', () => {
    const text = hover(publishedDcgan(), 10) ?? '';
    for (const part of [
      '`c_i − h_i·w_i = 512 − 4·4 = 496`',
      '`512·256·5·5 =` **3,276,800**',
      '`512·256·5·5·4·4 =` **52,428,800**',
      'print 209,715,200 (4 times as many)',
      'Memory: 12.5 MiB fp32 · 3.13 MiB int8 · 401 KiB 1 bit; its output 64.0 KiB fp32',
      'Share of `Generator`: 76 % of the parameters and 32 % of the MACs',
      'Sensitivity (predicted): **low**',
    ]) {
      assert.ok(text.includes(part), `${part}\n not in \n${text}`);
    }
  });

  it('marks the redundancy of dense layers as our extension', () => {
    const graph = chainGraph({ input: [1, 100], layers: [{ type: 'Linear', call: dense(100, 4096) }] });
    assert.match(hover(graph, 10) ?? '', /100 − 1 = 99`.*our extension/);
  });

  it('shows a table where a line builds several layers, and totals at the class', () => {
    const graph = chainGraph({
      input: [1, 3, 32, 32],
      layers: Array.from({ length: 20 }, (_unused, idx) => ({
        type: 'Conv2d',
        call: conv2d({ from: 3, to: 3, kernel: 3, stride: 1 }),
        line: 7,
        name: `block.${idx}`,
      })),
    });
    const table = hover(graph, 7) ?? '';
    assert.match(table, /This line builds 20 layers: 1\.62K parameters, .* MACs together/);
    assert.match(table, /… and 8 more/);
    assert.match(hover(graph, 5, 0) ?? '', /\*\*Slimwise\*\* `Generator`.*Over the budget/s);
    assert.equal(hover(graph, 300), null);
  });

  it('knows parameters and memory where only the size of the images is not known', () => {
    const graph = chainGraph({
      input: [1, 3, '?', '?'],
      layers: [{ type: 'Conv2d', call: conv2d({ from: 3, to: 8 }) }],
    });
    const text = hover(graph, 5, 0) ?? '';
    assert.match(text, /\n384 parameters · \? MACs/);
    assert.match(text, /Memory: 1\.50 KiB fp32/);
    assert.match(text, /parameters and memory are exact/);
    const model = { ...costModel(graph, { convFormula: 'published' }), findings: [] };
    assert.match(codeLenses([model], 'model.py')[0]?.title ?? '', /^384 parameters · \? MACs · 1\.50 KiB fp32/);
  });

  it('shows text of the source as text, whatever it contains', () => {
    assert.equal(codeSpan('a`b``c'), '```a`b``c```');
    assert.equal(escapeMarkdown('[x](command:evil) <img>'), '\\[x\\]\\(command:evil\\) \\<img\\>');
    const graph = chainGraph({
      input: [1, 4],
      layers: [{ type: '<script>[a](command:b)', name: '`x`\n# y', call: dense(4, 4) }],
    });
    const text = hover(graph, 10) ?? '';
    assert.ok(!/(^|[^\\])<script>/.test(text) && !/[^\\]\]\(/.test(text), text);
  });
});
