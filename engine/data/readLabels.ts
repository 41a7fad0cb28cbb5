/** The labels of an IDX set (MNIST's `…-labels-idx1-ubyte`, gzipped or not): one byte per image. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { failure, success, type Result } from '../../core/result.ts';
import { imagesNotFound, imagesUnreadable } from './problems.ts';

const maxBytes = 2 ** 28;

export async function readLabels(path: string): Promise<Result<Uint8Array>> {
  const stored = await readFile(path).catch(() => null);
  if (stored === null) return failure(imagesNotFound(path));
  let bytes: Uint8Array = stored;
  if (stored[0] === 0x1f && stored[1] === 0x8b) {
    try {
      bytes = gunzipSync(stored, { maxOutputLength: maxBytes });
    } catch (error) {
      return failure(imagesUnreadable(path, error instanceof Error ? error.message : String(error)));
    }
  }
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8 || bytes[3] !== 1) {
    return failure(imagesUnreadable(path, 'it is no IDX file of labels (unsigned bytes in one dimension)'));
  }
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4);
  if (bytes.length - 8 !== count) {
    return failure(imagesUnreadable(path, `its header promises ${count} labels and ${bytes.length - 8} follow`));
  }
  return success(bytes.subarray(8));
}
