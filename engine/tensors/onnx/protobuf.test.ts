/** The wire format, against the examples of protobuf's own encoding guide. */
import assert from 'node:assert/strict';
import { ProtobufWriter } from './protobuf.ts';

describe('ProtobufWriter', () => {
  const written = (write: (writer: ProtobufWriter) => void): string => {
    const writer = new ProtobufWriter();
    write(writer);
    return Buffer.from(writer.finish()).toString('hex');
  };

  it('writes 150 in field 1 as 08 96 01', () => {
    assert.equal(
      written((writer) => writer.varint(1, 150)),
      '089601',
    );
  });

  it('writes -2 in ten bytes', () => {
    assert.equal(
      written((writer) => writer.varint(1, -2)),
      '08feffffffffffffffff01',
    );
  });

  it('writes "testing" in field 2 with its length', () => {
    assert.equal(
      written((writer) => writer.string(2, 'testing')),
      '120774657374696e67',
    );
  });

  it('embeds a message with its length', () => {
    assert.equal(
      written((writer) => writer.message(3, (nested) => nested.varint(1, 150))),
      '1a03089601',
    );
  });

  it('writes floats little-endian and numbers fields beyond 15 in two bytes', () => {
    assert.equal(
      written((writer) => writer.float(20, 1)),
      'a5010000803f',
    );
  });

  it('grows past its first buffer', () => {
    const blob = new Uint8Array(100_000).fill(7);
    assert.equal(written((writer) => writer.blob(1, blob)).length, 2 * (1 + 3 + blob.length));
  });
});
