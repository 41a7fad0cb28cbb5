import assert from 'node:assert/strict';
import fc from 'fast-check';
import { holdsScripts, scriptTags, sourceIn } from './scriptBlocks.ts';

const code = (page: string): string => sourceIn('index.html', page);

describe('sourceIn', () => {
  it('leaves a source as it is', () => {
    for (const path of ['gan.ts', 'gan.js', 'html', 'a.html.js']) {
      assert.equal(holdsScripts(path), false);
      assert.equal(sourceIn(path, '<script>a</script>'), '<script>a</script>');
    }
  });

  it('keeps every character of a script where it is, and nothing else', () => {
    const page = '<h1>Say &lt;a&gt;</h1>\r\n<script>\r\n  let a = "<b>";\r\n</script>\n<p>b</p><script>c()</script>\n';
    const kept = code(page);
    assert.equal(kept.length, page.length);
    assert.equal(kept.replace(/ +/g, ' '), ' \r\n \r\n let a = "<b>";\r\n; \n c(); \n');
    assert.equal(kept.indexOf('let a'), page.indexOf('let a'));
    assert.equal(kept.indexOf('c()'), page.indexOf('c()'));
  });

  const left: Readonly<Record<string, string>> = {
    'a script that is loaded': '<script src="a.js">inside()</script>',
    'a shader': '<script type="x-shader/x-vertex">inside()</script>',
    data: '<script type=application/json>{"inside": 1}</script>',
    'an import map': '<script type="importmap">{"inside": 1}</script>',
    'what is commented out': '<!-- <script>inside()</script> -->',
    'another element': '<scripted>inside()</scripted>',
    'a tag that never ends': '<script inside()',
  };
  for (const [what, page] of Object.entries(left)) {
    it(`leaves out ${what}`, () => assert.equal(code(`${page}<script>after()</script>`).includes('inside'), false));
  }

  const taken: Readonly<Record<string, string>> = {
    'a module': '<script type="module">inside()</script>',
    'a script of another age': "<SCRIPT LANGUAGE='JavaScript' TYPE='text/javascript'>inside()</SCRIPT>",
    'one that is hidden from old browsers': '<script>\n<!--\ninside()\n//--></script>',
    'one with a > in an attribute': '<script data-if="a > b">inside()</script>',
    'one for Babel': '<script type="text/babel">inside()</script>',
    "a component's": '<template><b/></template><script setup lang="ts">inside()</script><style>b {}</style>',
    'one that never ends': '<script>inside()',
  };
  for (const [what, page] of Object.entries(taken)) {
    it(`takes ${what}`, () => {
      assert.equal(code(page).indexOf('inside()'), page.indexOf('inside()'));
      assert.equal(/<!--|<script|<template/i.test(code(page)), false);
    });
  }

  it('keeps length and line ends of any text', () => {
    const part = fc.constantFrom(
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '<script src=a>',
      '"',
      '>',
      '\n',
      '\r\n',
      'a',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const page = parts.join('');
        const kept = code(page);
        assert.equal(kept.length, page.length);
        for (let at = 0; at < page.length; at++) {
          const [was, is] = [page[at] ?? '', kept[at] ?? ''];
          assert.ok(is === was || is === ' ' || (is === ';' && was === '<'), `${JSON.stringify(page)} at ${at}`);
          assert.equal(/[\r\n]/.test(was), /[\r\n]/.test(is));
        }
      }),
    );
  });

  it('says what each tag is', () => {
    assert.deepEqual(
      scriptTags('<script src=a.js></script><script type=module>b</script>').map(({ src, isJavascript }) => [
        src,
        isJavascript,
      ]),
      [
        ['a.js', true],
        [null, true],
      ],
    );
  });
});
