import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { planEditorSchema } from './editorSchema.ts';
import { planJsonSchema } from './jsonSchema.ts';

describe('the schema for an editor with our diagnostics', () => {
  it('has every field to complete and explain, and nothing that a plan could break', () => {
    const { $schema, title, if: fields, ...rules } = planEditorSchema();
    assert.deepEqual({ $schema, title, ...(fields as object) }, planJsonSchema());
    assert.deepEqual(rules, {});
  });
});
