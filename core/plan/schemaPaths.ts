/**
 * Walks the schemas of a plan beside a value: which fields are known at a place, and where a list stands that
 * should be an object. Variants and unions are followed by what the value says there. It reads only the parts
 * of valibot's schemas that plans use.
 */
import * as v from 'valibot';

export type PathKey = string | number;

/** Paths of lists that stand in place of objects: the schema library takes a list for an object without fields. */
export function misplacedLists(
  schema: v.GenericSchema | undefined,
  value: unknown,
  path: readonly PathKey[] = [],
): readonly (readonly PathKey[])[] {
  const at = chosen(schema, value) as AnySchema | undefined;
  if (at?.entries !== undefined && Array.isArray(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  const keys: readonly PathKey[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => misplacedLists(entryOf(at, key), child(value, key), [...path, key]));
}

/** The schema of what stands at `keys`; variants are followed by what the document says there. */
export function schemaAt(
  schema: v.GenericSchema | undefined,
  keys: readonly PathKey[],
  root: unknown,
  within: readonly PathKey[],
): v.GenericSchema | undefined {
  let at = schema;
  let value = within.reduce<unknown>(child, root);
  for (const key of keys) {
    at = entryOf(chosen(at, value), key);
    value = child(value, key);
  }
  return chosen(at, value);
}

interface AnySchema extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  /** The discriminator of a variant. */
  readonly key?: string;
  readonly options?: readonly unknown[];
}

/** Without optional wrappers, and with the option of a variant or union that the value belongs to. */
function chosen(schema: v.GenericSchema | undefined, value: unknown): v.GenericSchema | undefined {
  const at = schema as AnySchema | undefined;
  if (at?.wrapped !== undefined) return chosen(at.wrapped, value);
  if (at?.type !== 'variant' && at?.type !== 'union') return at;
  const options = (at.options ?? []) as readonly AnySchema[];
  const discriminator = at.key;
  if (discriminator === undefined) return options.find((option) => option.entries !== undefined);
  return options.find((option) => v.is(option.entries?.[discriminator] ?? v.never(), child(value, discriminator)));
}

function entryOf(schema: v.GenericSchema | undefined, key: PathKey): v.GenericSchema | undefined {
  const at = schema as AnySchema | undefined;
  return typeof key === 'number' ? at?.item : at?.entries?.[key];
}

export function knownKeys(schema: v.GenericSchema | undefined): readonly string[] {
  return Object.keys((schema as AnySchema | undefined)?.entries ?? {});
}

function child(value: unknown, key: PathKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<PathKey, unknown>>)[key] : undefined;
}
