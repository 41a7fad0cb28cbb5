import assert from 'node:assert/strict';
import type { ModelReport } from '../../../core/report/analyzeReport.ts';
import { describeFile, toReport } from '../../describeFile.ts';
import { describeAgain } from '../../incremental/describeAgain.ts';
import { defaultSettings } from '../../settings.ts';
import { memoryHost } from '../../sourceHost.ts';

type Files = Readonly<Record<string, string>>;

function models(files: Files, path: string): readonly ModelReport[] {
  const report = toReport(describeFile(memoryHost(files), path, defaultSettings));
  assert.deepEqual(report.problems, []);
  return report.models;
}

/** `line:column type output params`. */
function rows(found: readonly ModelReport[]): readonly string[] {
  return found.flatMap(({ layers }) =>
    layers.map(
      ({ line, column, type, outputShape, params }) =>
        `${line}:${column} ${type} ${outputShape?.slice(1).join('×') ?? '?'} ${params ?? '?'}`,
    ),
  );
}

const page = `<!doctype html>
<title>tf.sequential() in a page</title>
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs"></script>
<script src="sizes.js?v=2"></script>
<!-- <script>tf.sequential().add(tf.layers.dense({ units: 1, inputShape: [1] }));</script> -->
<p>It's "drawn" here: <canvas id="a"></canvas></p>
<script>
  function build(units) {
    const model = tf.sequential(); model.add(tf.layers.dense({ units, inputShape: [LATENTS] }));
    return model;
  }
</script>
<script>build(4)</script>
`;

describe('TF.js models in pages and components', () => {
  it('shows the layers of a page at their places, with the sizes of the scripts that it loads', () => {
    const files = { 'demo/index.html': page, 'demo/sizes.js': 'const LATENTS = 8;' };
    const [model, ...more] = models(files, 'demo/index.html');
    assert.deepEqual(more, []);
    assert.deepEqual([model?.name, model?.instantiation, model?.line], ['build', 'build(4)', 8]);
    assert.deepEqual(rows(model === undefined ? [] : [model]), ['9:45 Dense 4 36']);
  });

  it('takes the arguments of a script from the page that loads it', () => {
    const files = {
      'gan.js':
        'function build(units) {\n  return tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [3] })] });\n}',
      'index.html': '<script src="gan.js"></script><script>build(5)</script>',
    };
    const found = models(files, 'gan.js');
    assert.deepEqual(rows(found), ['2:34 Dense 5 20']);
    assert.equal(found[0]?.instantiation, 'build(5)');
  });

  it('analyses a page again when it loads another script', () => {
    const files = { 'sizes.js': 'const LATENTS = 8;', 'wide.js': 'const LATENTS = 80;' };
    const first = describeAgain(memoryHost({ ...files, 'a.html': page }), 'a.html', defaultSettings, null);
    const edited = page.replace('sizes.js', 'wide.js');
    const again = describeAgain(memoryHost({ ...files, 'a.html': edited }), 'a.html', defaultSettings, first);
    assert.deepEqual(rows(toReport(again.description).models), ['9:45 Dense 4 324']);
  });

  it('moves with what stands above the scripts', () => {
    const files = { 'sizes.js': 'const LATENTS = 8;' };
    const first = describeAgain(memoryHost({ ...files, 'a.html': page }), 'a.html', defaultSettings, null);
    const edited = page.replace('<p>', '<h1>Digits</h1>\n\n<p>');
    const again = describeAgain(memoryHost({ ...files, 'a.html': edited }), 'a.html', defaultSettings, first);
    assert.equal(again.effort, 'nothing');
    assert.deepEqual(rows(toReport(again.description).models), ['11:45 Dense 4 36']);
  });

  it('reads components of Vue and Svelte', () => {
    const vue = `<template><button @click="train">Train</button></template>
<script setup lang="ts">
import * as tf from '@tensorflow/tfjs';
const units: number = 6;
async function train(): Promise<void> {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units, inputShape: [2] }));
}
</script>
`;
    assert.deepEqual(rows(models({ 'Train.vue': vue }, 'Train.vue')), ['7:12 Dense 6 18']);
    assert.deepEqual(rows(models({ 'Train.svelte': vue }, 'Train.svelte')), ['7:12 Dense 6 18']);
  });

  const maker = 'export const units = 7;\n';
  const endings: readonly (readonly [path: string, files: Files])[] = [
    ['a.cjs', { 'a.cjs': `const { units } = require('./b');`, 'b.cjs': 'const units = 7; exports.units = units;' }],
    ['a.mts', { 'a.mts': `import { units } from './b.mjs';`, 'b.mts': maker }],
    ['a.cts', { 'a.cts': `import { units } from './b.cjs';`, 'b.cts': maker }],
    ['a.mjs', { 'a.mjs': `import { units } from './b.mjs';`, 'b.mjs': maker }],
    ['a.jsx', { 'a.jsx': `import { units } from './b';`, 'b.jsx': maker }],
    ['a.tsx', { 'a.tsx': `import { units } from './b';`, 'b.tsx': maker }],
  ];
  for (const [path, files] of endings) {
    it(`reads ${path} and what it imports`, () => {
      const model = `\nconst m = tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [1] })] });\n`;
      const view = path.endsWith('x') ? '\nexport const View = () => <b>{m.name}</b>;\n' : '';
      assert.deepEqual(rows(models({ ...files, [path]: `${files[path] ?? ''}${model}${view}` }, path)), [
        '2:35 Dense 7 14',
      ]);
    });
  }
});
