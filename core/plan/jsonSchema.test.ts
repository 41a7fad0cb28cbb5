/**
 * The JSON schema against the validator that it is made from: what one accepts the other accepts, for the
 * samples and for plans with one field changed. A checker of the few draft-7 words in use stands below.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import * as v from 'valibot';
import { planJsonSchema, type JsonSchema } from './jsonSchema.ts';
import { misplacedLists } from './schemaPaths.ts';
import { planGrammar } from './stageGrammar.ts';

const samples = fileURLToPath(new URL('../../samples/dcgan/', import.meta.url));
const schema = planJsonSchema();

const every: unknown = {
  schema: 1,
  generator: { source: 'a.py', entry: 'G()', input: [1, 100] },
  discriminator: { source: 'a.py', entry: 'D()' },
  data: { images: 'data', size: 32, channels: 1, limit: 100 },
  train: { steps: 10, optimizer: { learningRate: 0.001, beta1: 0.5 } },
  stages: [
    { id: 'a', family: 'search', threshold: 2.5, mode: 'single', select: { dor: { min: 0 }, kind: ['deconv'] } },
    { id: 'b', family: 'precision', rep: { kind: 'int', bits: 8 }, fn: { type: 'uniform', symmetric: true, range: { fixed: [-1, 1] } } },
    { id: 'c', family: 'prune', criterion: { type: 'random' }, granularity: 'layer' },
  ],
  seed: 3,
}; // prettier-ignore

describe('the JSON schema of a plan', () => {
  it('accepts the samples', () => {
    for (const file of readdirSync(samples).filter((name) => name.endsWith('.json'))) {
      assert.ok(conforms(JSON.parse(readFileSync(join(samples, file), 'utf8')), schema), file);
    }
  });

  it('agrees with the validator about plans with one place changed', () => {
    assert.ok(conforms(every, schema) && v.is(planGrammar, every));
    const places = pathsOf(every);
    const replacement = fc.oneof(
      fc.constantFrom<unknown>(null, '', 'G', 'noise', 'deconv', 'binary', true, {}, [], [1, 2], undefined),
      fc.integer({ min: -2, max: 40 }),
      fc.double({ noNaN: true, min: -2, max: 3 }),
    );
    let nRefused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...places), replacement, (path, value) => {
        const changed: unknown = JSON.parse(JSON.stringify(replaceAt(every, path, value)) ?? 'null');
        const accepted = v.is(planGrammar, changed) && misplacedLists(planGrammar, changed).length === 0;
        if (!accepted) nRefused++;
        assert.equal(conforms(changed, schema), accepted, JSON.stringify(changed));
      }),
      { numRuns: 3000 },
    );
    assert.ok(nRefused > 500);
  });

  it('refuses fields that there are not, at any depth', () => {
    for (const path of pathsOf(every)) {
      const at = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], every);
      if (typeof at !== 'object' || at === null || Array.isArray(at)) continue;
      assert.ok(!conforms(replaceAt(every, [...path, 'nonsense'], 1), schema), path.join('.'));
    }
  });

  it('explains what people write by hand', () => {
    const text = JSON.stringify(schema);
    assert.ok((text.match(/"description"/g) ?? []).length > 30);
    assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, child]) =>
      pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaceAt(root: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(root))
    return root.map((item: unknown, index) => (index === key ? replaceAt(item, rest, value) : item));
  const record = root as Readonly<Record<string, unknown>>;
  return { ...record, [key]: replaceAt(record[key], rest, value) };
}

const checks: Readonly<Record<string, (limit: never, value: unknown) => boolean>> = {
  type: (name: string, value) =>
    name === 'integer'
      ? Number.isInteger(value)
      : name === (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value),
  const: (literal: unknown, value) => value === literal,
  enum: (options: readonly unknown[], value) => options.includes(value),
  anyOf: (options: readonly JsonSchema[], value) => options.some((option) => conforms(value, option)),
  minimum: (limit: number, value) => typeof value !== 'number' || value >= limit,
  maximum: (limit: number, value) => typeof value !== 'number' || value <= limit,
  exclusiveMinimum: (limit: number, value) => typeof value !== 'number' || value > limit,
  exclusiveMaximum: (limit: number, value) => typeof value !== 'number' || value < limit,
  minLength: (limit: number, value) => typeof value !== 'string' || value.length >= limit,
  minItems: (limit: number, value) => !Array.isArray(value) || value.length >= limit,
  maxItems: (limit: number, value) => !Array.isArray(value) || value.length <= limit,
  required: (names: readonly string[], value) => !isObject(value) || names.every((name) => value[name] !== undefined),
  properties: (properties: Readonly<Record<string, JsonSchema>>, value) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([name, property]) => value[name] === undefined || conforms(value[name], property),
    ),
  items: (items: JsonSchema | readonly JsonSchema[], value) =>
    !Array.isArray(value) ||
    value.every((item, index) =>
      conforms(item, Array.isArray(items) ? (items[index] as JsonSchema) : (items as JsonSchema)),
    ),
};
const annotations: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default']);

function conforms(value: unknown, against: JsonSchema): boolean {
  return Object.entries(against).every(([word, limit]) => {
    if (annotations.has(word)) return true;
    if (word === 'additionalProperties') {
      const known = Object.keys(against['properties'] as JsonSchema);
      return !isObject(value) || Object.keys(value).every((name) => known.includes(name));
    }
    const check = checks[word] ?? assert.fail(`no check for ${word}`);
    return check(limit as never, value);
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
