/**
 * The part of the protobuf wire format that an ONNX model needs: varints, 32-bit floats and
 * length-delimited fields, appended to one growing buffer. Messages are written depth first into
 * their own writer and then embedded, so lengths are always known. Reading is left out on purpose.
 */
const maxBytes = 1 << 30;

export class ProtobufWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** Field of wire type 0; negative numbers take ten bytes as the format demands. */
  varint(field: number, value: number | bigint): void {
    this.raw((BigInt(field) << 3n) | 0n);
    this.raw(BigInt(value));
  }

  float(field: number, value: number): void {
    this.raw((BigInt(field) << 3n) | 5n);
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    this.append(new Uint8Array(view.buffer));
  }

  string(field: number, value: string): void {
    this.blob(field, new TextEncoder().encode(value));
  }

  blob(field: number, value: Uint8Array): void {
    this.raw((BigInt(field) << 3n) | 2n);
    this.raw(BigInt(value.length));
    this.append(value);
  }

  message(field: number, write: (nested: ProtobufWriter) => void): void {
    const nested = new ProtobufWriter();
    write(nested);
    this.blob(field, nested.finish());
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private raw(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const encoded: number[] = [];
    while (rest > 127n) {
      encoded.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    encoded.push(Number(rest));
    this.append(encoded);
  }

  private append(more: ArrayLike<number>): void {
    const needed = this.length + more.length;
    if (needed > maxBytes) {
      throw new Error(`An ONNX model of more than ${maxBytes} bytes was about to be written`);
    }
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(more, this.length);
    this.length = needed;
  }
}
