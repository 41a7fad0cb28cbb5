/**
 * The plan's JSON schema for an editor that shows our own diagnostics of a plan: it completes and explains fields, and
 * finds no faults, so that each fault is shown once, by the validator, which knows what was probably meant. An `if`
 * without `then` and `else` says nothing about validity in JSON Schema; VS Code reads completions and hovers from it.
 */
import { planJsonSchema, type JsonSchema } from './jsonSchema.ts';

export function planEditorSchema(): JsonSchema {
  const { $schema, title, ...plan } = planJsonSchema();
  return { $schema, title, if: plan };
}
