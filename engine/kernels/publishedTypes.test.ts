/** The types that ship are those of the sources: the assignments below compile in both directions or not at all. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as published from './published/runtime.d.ts';
import * as own from './runtime.ts';

type Published = typeof published;
type Own = typeof own;
const shipsWhatIs = (runtime: Own): Published => runtime;
const isWhatShips = (runtime: Published): Pick<Own, keyof Published> => runtime;

describe('the types of slimwise/runtime', () => {
  it('name everything that the module has, and nothing else', () => {
    assert.equal(shipsWhatIs(own), isWhatShips(own));
    const text = readFileSync(path.join(import.meta.dirname, 'published', 'runtime.d.ts'), 'utf8');
    const named = [...text.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(named.sort(), Object.keys(own).sort());
    assert.ok(!text.includes('import '), 'it stands on its own');
  });
});
