import assert from 'node:assert/strict';
import { copyName } from './planCopy.ts';

describe('the name of a plan’s copy', () => {
  it('is a plan’s name that is free, however often it is copied', () => {
    assert.equal(copyName('slimwise.json', ['slimwise.json']), 'slimwise.again.json');
    assert.equal(copyName('slimwise.json', ['slimwise.again.json']), 'slimwise.again-2.json');
    assert.equal(copyName('slimwise.again.json', ['slimwise.again.json']), 'slimwise.again-2.json');
    assert.equal(copyName('slimwise.keras.json', []), 'slimwise.again.keras.json');
    assert.equal(copyName('pbgen-settings.json', []), 'slimwise.again.pbgen-settings.json');
  });
});
