/** Another data section in a plan's text: only that section changes, and what a user wrote around it stays. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { replaceData } from './replaceData.ts';

const data = { images: 'faces', size: 64, channels: 3 } as const;

function changed(plan: string, section: Parameters<typeof replaceData>[1] = data): string {
  const change = replaceData(plan, section);
  assert.ok(change);
  return plan.slice(0, change.start) + change.text + plan.slice(change.end);
}

describe('another data section', () => {
  it('stands on one line where the old one did', () => {
    assert.equal(
      changed('{\n  "schema": 1,\n  "data": { "images": "a", "size": 32, "channels": 1 },\n  "seed": 1\n}\n'),
      '{\n  "schema": 1,\n  "data": { "images": "faces", "size": 64, "channels": 3 },\n  "seed": 1\n}\n',
    );
  });

  it('keeps the indentation of several lines, and fields that it does not set', () => {
    const plan = '{\n    "data": {\n        "images": "a",\n        "crop": "centre"\n    }\n}';
    assert.deepEqual(JSON.parse(changed(plan)), { data: { crop: 'centre', ...data } });
    assert.ok(changed(plan).includes('\n      "size": 64,'));
  });

  it('drops a limit that was taken away, and writes one that was set', () => {
    const plan = '{"data":{"images":"a","limit":5}}';
    assert.deepEqual(JSON.parse(changed(plan)), { data });
    assert.deepEqual(JSON.parse(changed(plan, { ...data, limit: 9 })), { data: { ...data, limit: 9 } });
  });

  it('finds the section of the plan, not a namesake inside a text or another object', () => {
    const plan = '{"name":"\\"data\\": {}","x":{"data":{"images":"no"}},"data":{"images":"yes"}}';
    assert.deepEqual(JSON.parse(changed(plan)), { name: '"data": {}', x: { data: { images: 'no' } }, data });
  });

  it('leaves a text alone that is no plan', () => {
    for (const text of ['', '{', '[]', '{"data": 3}', '{"x": {"data": {}}}'])
      assert.equal(replaceData(text, data), null, text);
  });
});
