import assert from 'node:assert/strict';
import { findTfjsModels } from '../../frameworks/tfjs/findModels.ts';
import { describeAgain } from '../../incremental/describeAgain.ts';
import { toReport } from '../../describeFile.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryHost } from '../../sourceHost.ts';
import { pageFields } from './pageLibrary.ts';

const script = (units: string): string =>
  `const m = tf.sequential({ layers: [tf.layers.dense({ units: ${units}, inputShape: [2] })] });`;

/** The output of the only model of a file. */
function outputOf(path: string, files: Readonly<Record<string, string>>): unknown {
  const [graph] = findTfjsModels(memoryHost(files), path, {}).graphs;
  assert.ok(graph);
  return graph.nodes[graph.nodes.length - 1]?.shape?.[1] ?? '?';
}

describe('fields of a page', () => {
  const cases: Readonly<Record<string, readonly [markup: string, units: string, expected: unknown]>> = {
    'a number': ['<input type=number id="n" value="12">', "parseInt(document.getElementById('n').value)", 12],
    'a number as such': ['<input type=number id=n value=12>', "document.getElementById('n').valueAsNumber", 12],
    'one by its selector': ['<input id="n" value="12"/>', "+document.querySelector('#n').value", 12],
    'an empty one, with a number instead': ['<input id="n">', "parseInt(document.getElementById('n').value) || 5", 5],
    'a box that is not ticked': ['<input type="checkbox" id="n">', "document.getElementById('n').checked ? 3 : 4", 4],
    'a box that is': ['<input type="checkbox" id="n" checked>', "document.getElementById('n').checked ? 3 : 4", 3],
    'the chosen option': [
      '<select id="n"><option value="8">a<option value="16" selected>b</select>',
      "Number(document.getElementById('n').value)",
      16,
    ],
    'the first option': [
      '<select id="n"><option>8</option><option>9</option></select>',
      "Number(document.getElementById('n').value)",
      8,
    ],
    'a text': ['<textarea id="n">\n7</textarea>', "Number(document.getElementById('n').value)", 7],
    'a slider that does not say': ['<input type="range" id="n">', "Number(document.getElementById('n').value)", '?'],
    'an element that is not there': ['<p></p>', "Number(document.getElementById('n').value)", '?'],
    'something else about one that is': ['<input id="n" value="3">', "document.getElementById('n').width", '?'],
  };
  for (const [what, [markup, units, expected]] of Object.entries(cases)) {
    it(`knows ${what}`, () => {
      assert.equal(outputOf('a.html', { 'a.html': `${markup}<script>${script(units)}</script>` }), expected);
    });
  }

  it('holds what the script put there last', () => {
    const text = `<input id="n" value="3"><script>document.getElementById('n').value = 9; ${script("+document.getElementById('n').value")}</script>`;
    assert.equal(outputOf('a.html', { 'a.html': text }), 9);
  });

  it('is known to the scripts that the page loads, modules too', () => {
    const page = '<input id="n" value="6"><script src="a.js"></script><script type="module" src="./src/b.ts"></script>';
    const source = script("parseInt(document.getElementById('n').value)");
    assert.equal(outputOf('a.js', { 'index.html': page, 'a.js': source }), 6);
    const module = `import * as tf from '@tensorflow/tfjs';\n${source}`;
    assert.equal(outputOf('src/b.ts', { 'index.html': page, 'src/b.ts': module }), 6);
  });

  it('is looked at again after an edit of the markup', () => {
    const page = (value: number): string =>
      `<input id="n" value="${value}"><script>${script("+document.getElementById('n').value")}</script>`;
    const first = describeAgain(memoryHost({ 'a.html': page(6) }), 'a.html', defaultSettings, null);
    const again = describeAgain(memoryHost({ 'a.html': page(7) }), 'a.html', defaultSettings, first);
    assert.deepEqual(toReport(again.description).models[0]?.outputs, [[1, 7]]);
  });

  it('counts once for each id, and only so many', () => {
    assert.deepEqual(pageFields('<input id=a value=1><input id=a value=2><input value=3>'), [
      { id: 'a', value: '1', checked: null },
    ]);
    const many = Array.from({ length: 2000 }, (_unused, idx) => `<input id="i${idx}">`).join('');
    assert.equal(pageFields(many).length, 500);
  });
});
