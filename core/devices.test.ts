import assert from 'node:assert/strict';
import { deviceProfile, devices, ownProfile, readOwnDevices } from './devices.ts';

describe("a user's own devices", () => {
  const board = { id: 'my-board', label: 'My board', budgetBytes: 524_288, source: 'data sheet' };

  it('are found beside the built-in ones', () => {
    const own = readOwnDevices([board, { id: 'tiny', budgetBytes: 1 }]);
    assert.deepEqual(own.faults, []);
    assert.deepEqual(deviceProfile('my-board', own.devices), board);
    assert.equal(deviceProfile('my-board'), undefined);
    assert.equal(deviceProfile('phone', own.devices), devices[0]);
    assert.equal(deviceProfile('tiny', own.devices)?.label, 'tiny');
    assert.ok(ownProfile({ id: 'x', budgetBytes: 2 }).source.length > 5);
  });

  it('are named where they are not sound, and the others are taken', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [5, /is not an object/],
      [[board], /is not an object/],
      [{ budgetBytes: 1 }, /has no id/],
      [{ id: 'with space', budgetBytes: 1 }, /has no id/],
      [{ id: 'phone', budgetBytes: 1 }, /takes the id "phone"/],
      [{ id: 'a' }, /no budgetBytes/],
      [{ id: 'a', budgetBytes: 0 }, /no budgetBytes/],
      [{ id: 'a', budgetBytes: 1.5 }, /no budgetBytes/],
      [{ id: 'a', budgetBytes: '4 MiB' }, /no budgetBytes/],
      [{ id: 'a', budgetBytes: 1, label: 7 }, /label that is no text/],
      [{ id: 'a', budgetBytes: 1, colour: 'red' }, /a field "colour"/],
    ];
    for (const [entry, fault] of cases) {
      const own = readOwnDevices([board, entry]);
      assert.deepEqual(
        own.devices.map(({ id }) => id),
        ['my-board'],
        JSON.stringify(entry),
      );
      assert.equal(own.faults.length, 1);
      assert.match(own.faults[0] ?? '', fault);
      assert.match(own.faults[0] ?? '', /^entry 2 /);
    }
    assert.equal(readOwnDevices([board, board]).faults.length, 1);
  });

  it('are none where there is no setting, and a setting of another kind is told', () => {
    assert.deepEqual(readOwnDevices(undefined), { devices: [], faults: [] });
    assert.deepEqual(readOwnDevices({ id: 'a' }).faults, ['it is not a list']);
  });
});
