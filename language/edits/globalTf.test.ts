/** Sources that take `tf` from their page: edited where they are modules, refused where they are plain scripts. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyzeFile } from '../analyze.ts';
import { memoryHost } from '../sourceHost.ts';
import { parseJavascript } from '../syntax/javascript.ts';
import { usesGlobalTf } from './importWrapper.ts';
import { proposeEdit } from './proposeEdit.ts';
import { editedText } from './textEdit.ts';

const body = `function buildGenerator(latents) {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 3 * 3 * 8, inputShape: [latents]}));
  model.add(tf.layers.reshape({targetShape: [3, 3, 8]}));
  model.add(tf.layers.conv2dTranspose({filters: 4, kernelSize: 5}));
  return model;
}
// slimwise: buildGenerator(10)
`;

function propose(text: string) {
  const host = memoryHost({ 'gan.js': text });
  const [graph] = analyzeFile(host, 'gan.js').graphs;
  const layer = graph?.layers.find(({ op }) => op === 'conv2d_transpose')?.name ?? '';
  return proposeEdit({ host, file: 'gan.js', model: graph?.name ?? '' }, [
    { layer, action: { kind: 'bits', bits: 1 } },
  ]);
}

describe('a source that takes tf from its page', () => {
  it('imports the module by its whole name, and the module takes the same tf', () => {
    const text = `// A comment first.\nexport ${body}`;
    const proposal = propose(text);
    assert.ok('edit' in proposal, 'refused' in proposal ? proposal.refused : '');
    const edited = editedText(text, 'gan.js', proposal.edit.change.edits);
    assert.match(edited, /^\/\/ A comment first\.\nimport \{ binarize \} from '\.\/slimwise_layers\.js';\nexport /);
    assert.match(edited, /model\.add\(binarize\(tf\.layers\.conv2dTranspose\(\{filters: 4, kernelSize: 5\}\)\)\);/);
    const [module] = proposal.edit.change.created;
    assert.equal(module?.file, 'slimwise_layers.js');
    assert.match(module.text, /^\/\* global tf \*\/$/m);
    assert.doesNotMatch(module.text, /^import /m);
    assert.match(module.text, /^export function binarize\(/m);
  });

  it('is known from one that imports tf, declares it, or is given it', () => {
    const isGlobal = (text: string): boolean => usesGlobalTf({ text, file: 'gan.js', module: parseJavascript(text) });
    assert.equal(isGlobal(`export ${body}`), true);
    assert.equal(isGlobal(`import { data } from './data.js';\nexport ${body}`), true);
    for (const given of [
      "import * as tf from '@tensorflow/tfjs';\nexport ",
      "import tf from './tf.js';\nexport ",
      'const tf = window.loaded;\nexport ',
      'export const make = (opts, tf) => { build(tf); };\nexport ',
      '',
    ])
      assert.equal(isGlobal(given + body), false, given);
  });

  it('is refused as a plain script, which has no imports', () => {
    const proposal = propose(body);
    assert.match('refused' in proposal ? proposal.refused : '', /is a script of a page and no module/);
  });
});
