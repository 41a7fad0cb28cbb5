/**
 * The weights of a TensorFlow.js `model.json` and its shards, as `model.save` writes them. Only float32 is what a
 * packed model is made from, so a quantized file is refused. The manifest is checked before a byte is read: shards are
 * plain names beside it, and every weight must lie inside them.
 */
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { StoredTensor } from './safetensors.ts';

/** `readShard` gives a file beside the `model.json`; null where there is none. Names are `layer/kernel`. */
export function readTfjsWeights(
  text: string,
  readShard: (name: string) => Uint8Array | null,
): Result<ReadonlyMap<string, StoredTensor>> {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    return unreadable('it is not JSON');
  }
  const manifest = isRecord(model) ? model['weightsManifest'] : undefined;
  if (!Array.isArray(manifest)) return unreadable('it has no weightsManifest');
  const tensors = new Map<string, StoredTensor>();
  for (const group of manifest as readonly unknown[]) {
    const paths = isRecord(group) ? group['paths'] : undefined;
    const weights = isRecord(group) ? group['weights'] : undefined;
    if (!Array.isArray(paths) || !Array.isArray(weights)) return unreadable('a group has no paths or weights');
    const shards: Uint8Array[] = [];
    for (const path of paths as readonly unknown[]) {
      if (typeof path !== 'string' || !/^[\w][\w.-]*$/.test(path))
        return unreadable(`${String(path)} is no file beside it`);
      const shard = readShard(path);
      if (shard === null) return unreadable(`${path} is not beside it`);
      shards.push(shard);
    }
    const bytes = Buffer.concat(shards);
    let offset = 0;
    for (const weight of weights as readonly unknown[]) {
      const spec = specOf(weight);
      if (typeof spec === 'string') return unreadable(spec);
      const size = 4 * spec.shape.reduce((product, side) => product * side, 1);
      if (offset + size > bytes.length) return unreadable(`${spec.name} goes beyond the end of its files`);
      // A copy, because a view of 4-byte numbers must begin at a multiple of 4.
      tensors.set(spec.name, { dtype: spec.dtype, shape: spec.shape, bytes: bytes.slice(offset, offset + size) });
      offset += size;
    }
  }
  return success(tensors);
}

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'F32' | 'I32';
}

/** A string says what is wrong. */
function specOf(weight: unknown): Spec | string {
  if (!isRecord(weight) || typeof weight['name'] !== 'string') return 'a weight has no name';
  const { name, shape, dtype } = weight;
  if (weight['quantization'] !== undefined)
    return `${name as string} is quantized; save the model without quantization`;
  const isShape = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && 0 <= (side as number));
  if (!isShape) return `${name as string} has no shape`;
  if (dtype !== 'float32' && dtype !== 'int32') return `${name as string} is stored as ${String(dtype)}`;
  return { name: name as string, shape: shape as number[], dtype: dtype === 'float32' ? 'F32' : 'I32' };
}

function unreadable(reason: string): { readonly ok: false; readonly problem: Problem } {
  return failure({
    code: 'SWP_PACK_TFJS_WEIGHTS',
    message: `The weights of this TensorFlow.js model cannot be read: ${reason}.`,
    hint: "Save it with model.save('file://…') or model.save('downloads://…'), and keep its .bin files beside model.json.",
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
