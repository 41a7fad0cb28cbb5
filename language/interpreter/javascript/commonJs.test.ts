import assert from 'node:assert/strict';
import { findTfjsModels } from '../../frameworks/tfjs/findModels.ts';
import { memoryHost } from '../../sourceHost.ts';

const layers = (units: string): string =>
  `tf.sequential({ layers: [tf.layers.dense({ units: ${units}, inputShape: [2] })] })`;

/** What builds the models of a file, and their outputs. */
function built(path: string, files: Readonly<Record<string, string>>): readonly (readonly [string | null, unknown])[] {
  const { graphs } = findTfjsModels(memoryHost(files), path, {});
  return graphs.map(({ instantiation, nodes }) => [instantiation, nodes[nodes.length - 1]?.shape?.[1]] as const);
}

describe('CommonJS', () => {
  const exported: Readonly<Record<string, readonly [own: string, user: string, call: string]>> = {
    'a property of exports': [
      `exports.build = (n) => ${layers('n')};`,
      "const { build } = require('./b'); build(4);",
      'build(4)',
    ],
    'an object of other names': [
      `function make(n) { return ${layers('n')}; } module.exports = { build: make };`,
      "const b = require('./b.js'); b.build(4);",
      'b.build(4)',
    ],
    'a class': [
      `class Net { constructor(n) { this.model = ${layers('n')}; } } module.exports = Net;`,
      "const Net = require('./b'); new Net(4);",
      'new Net(4)',
    ],
    'a function without a name': [
      `module.exports = function (n) { return ${layers('n')}; };`,
      "const make = require('./b'); make(4);",
      'make(4)',
    ],
    'a class to an ES module': [
      `class Net { constructor(n) { this.model = ${layers('n')}; } } module.exports = Net;`,
      "import Net from './b.js'; new Net(4);",
      'new Net(4)',
    ],
  };
  for (const [what, [own, user, call]] of Object.entries(exported)) {
    it(`exports ${what}`, () => {
      const text = `const tf = require('@tensorflow/tfjs-node');\n${own}\n`;
      assert.deepEqual(built('b.js', { 'b.js': text, 'a.js': user }), [[call, 4]]);
    });
  }

  it('gives values that stand under another name, or under none', () => {
    const user = `const tf = require('@tensorflow/tfjs');\nconst { units } = require('./sizes.cjs');\nconst m = ${layers('units')};`;
    assert.deepEqual(built('a.cjs', { 'a.cjs': user, 'sizes.cjs': 'module.exports = { units: 7 };' }), [[null, 7]]);
  });

  it('leaves a name that the file itself gives to something else', () => {
    const user = `import * as tf from '@tensorflow/tfjs';\nconst exports = { units: 3 };\nconst m = ${layers('exports.units')};`;
    assert.deepEqual(built('a.ts', { 'a.ts': user }), [[null, 3]]);
  });
});
