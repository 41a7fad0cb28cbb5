/**
 * The JSON schema of `slimwise.json`, made from the same schemas that validate it: completion, hover text and
 * squiggles of the editor can therefore not disagree with the engine. Draft 7, which VS Code understands
 * best. Only the schema forms that plans use are converted; any other is a defect and throws.
 */
import { planGrammar } from './stageGrammar.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export function planJsonSchema(): JsonSchema {
  const plan = convert(planGrammar as unknown as SchemaParts);
  const required = plan['required'] as readonly string[];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Slimwise compression plan',
    ...plan,
    required: required.filter((name) => !ownNetworks.includes(name)),
    anyOf: [{ required: ownNetworks }, { required: ['network'] }],
  };
}

/** A plan that names a published network needs none of its own. */
const ownNetworks: readonly string[] = ['generator', 'discriminator'];

interface SchemaParts {
  readonly type: string;
  readonly pipe?: readonly SchemaParts[];
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  readonly item?: SchemaParts;
  readonly items?: readonly SchemaParts[];
  readonly options?: readonly unknown[];
  readonly wrapped?: SchemaParts;
  readonly default?: unknown;
  readonly literal?: unknown;
  readonly requirement?: unknown;
  readonly description?: string;
}

function convert(schema: SchemaParts): JsonSchema {
  const [first, ...refinements] = schema.pipe ?? [];
  // A pipe may start with a schema that is a pipe itself (`v.pipe(positiveInteger, …)`).
  const start = first === undefined ? base(schema) : first.pipe === undefined ? base(first) : convert(first);
  return refinements.reduce<JsonSchema>((result, action) => ({ ...result, ...refine(action, result) }), start);
}

function base(parts: SchemaParts): JsonSchema {
  switch (parts.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type: parts.type };
    case 'literal':
      return { const: parts.literal };
    case 'picklist':
      return { enum: parts.options };
    case 'array':
      return { type: 'array', items: parts.item === undefined ? {} : convert(parts.item) };
    case 'tuple': {
      const items = (parts.items ?? []).map(convert);
      return { type: 'array', items, minItems: items.length, maxItems: items.length };
    }
    case 'optional': {
      const wrapped = parts.wrapped === undefined ? {} : convert(parts.wrapped);
      return parts.default === undefined ? wrapped : { ...wrapped, default: parts.default };
    }
    case 'union':
    case 'variant':
      return { anyOf: ((parts.options ?? []) as readonly SchemaParts[]).map(convert) };
    case 'strict_object':
      return object(parts.entries ?? {});
    default:
      throw new Error(`The JSON schema has no form for "${parts.type}".`);
  }
}

function object(entries: Readonly<Record<string, SchemaParts>>): JsonSchema {
  const names = Object.keys(entries);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, convert(entries[name] ?? { type: 'string' })])),
    required: names.filter((name) => entries[name]?.type !== 'optional'),
    additionalProperties: false,
  };
}

/** What one refinement of a piped schema adds. */
function refine(action: SchemaParts, refined: JsonSchema): JsonSchema {
  switch (action.type) {
    case 'integer':
      return { type: 'integer' };
    case 'min_value':
      return { minimum: action.requirement };
    case 'max_value':
      return { maximum: action.requirement };
    case 'gt_value':
      return { exclusiveMinimum: action.requirement };
    case 'lt_value':
      return { exclusiveMaximum: action.requirement };
    case 'min_length':
      return refined['type'] === 'array' ? { minItems: action.requirement } : { minLength: action.requirement };
    case 'description':
      return { description: action.description };
    default:
      throw new Error(`The JSON schema has no form for "${action.type}".`);
  }
}
