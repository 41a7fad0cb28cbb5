/** Reading parsed JSON of a model file by the types that are expected; what is of another type is absent. */
import type { JsonValue } from '../../../core/json/strictJson.ts';

export type JsonMap = ReadonlyMap<string, JsonValue>;

export function asMap(value: JsonValue | undefined): JsonMap | null {
  return value instanceof Map ? value : null;
}

export function asList(value: JsonValue | undefined): readonly JsonValue[] | null {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : null;
}

export function asText(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function asNumber(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** Sizes of a shape; −1, null and whatever is no size are open. */
export function asDims(value: JsonValue | undefined): (number | '?')[] | null {
  const list = asList(value);
  if (list === null || list.length > 16) return null;
  return list.map((dim) => (typeof dim === 'number' && Number.isInteger(dim) && 0 < dim && dim < 2 ** 31 ? dim : '?'));
}
