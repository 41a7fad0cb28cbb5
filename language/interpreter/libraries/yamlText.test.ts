import assert from 'node:assert/strict';
import { parseYaml } from './yamlText.ts';

const plain = (text: string): unknown => {
  const value = parseYaml(text);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
};

describe('parseYaml', () => {
  it('reads nested mappings, lists, flow values and comments', () => {
    assert.deepEqual(
      plain(`# a model
gen:
  dim: 64            # filters
  activ: relu        # [relu/lrelu]
  sizes: [1, 2.5, "a, b", {k: no}]
list:
- 1
- name: x
  value: -3
- [4, 5]
empty:
text: 'it: is'
rate: 1e-4
`),
      {
        gen: { dim: 64, activ: 'relu', sizes: [1, 2.5, 'a, b', { k: false }] },
        list: [1, { name: 'x', value: -3 }, [4, 5]],
        empty: null,
        text: 'it: is',
        rate: 0.0001,
      },
    );
  });

  it('says nothing of what it does not understand', () => {
    for (const text of ['a: &x 1\nb: *x\n', 'a: |\n  text\n  more\n', 'a: [1, 2', '\ta: 1', 'a: 1\n  b: 2\n']) {
      assert.equal(parseYaml(text), undefined, text);
    }
  });

  it('ends on any text', () => {
    for (const text of ['['.repeat(5000), '{a: '.repeat(5000), '- '.repeat(3000), `${'a:\n '.repeat(50)}b`, ':', '-']) {
      parseYaml(text);
    }
  });
});
