/**
 * Plans as people write and miswrite them: each fault is a problem with its code, its line and words that
 * help; each technique that is not run yet is refused by name; the samples are valid.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Problem } from '../problem.ts';
import { checkPlan, validatePlan } from './validatePlan.ts';

const samples = fileURLToPath(new URL('../../samples/dcgan/', import.meta.url));

const search = '{ "id": "find", "family": "search", "module": "G" }';
const binarize = '{ "id": "binarize", "family": "precision", "rep": { "kind": "binary" } }';

/** Line 1 is `{`, 2 schema, 3 generator, 4 discriminator, 5 data, 6 stages, and each stage has its own line. */
function planText(stages: readonly string[], more: readonly string[] = []): string {
  return [
    '{',
    ['  "schema": 1', '  "generator": { "source": "a.py", "entry": "G()" }', '  "discriminator": { "source": "a.py", "entry": "D()" }', '  "data": { "images": "data", "size": 32, "channels": 1 }', `  "stages": [\n${stages.map((stage) => `    ${stage}`).join(',\n')}\n  ]`, ...more].join(',\n'),
    '}',
  ].join('\n'); // prettier-ignore
}

describe('a valid plan', () => {
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.json'))) {
    it(`is samples/dcgan/${name}`, () => {
      const result = validatePlan(readFileSync(join(samples, name), 'utf8'), name);
      assert.ok(result.ok, JSON.stringify(result));
      assert.deepEqual(result.value.warnings, []);
      assert.deepEqual(
        result.value.plan.stages.map(({ family }) => family),
        name.startsWith('pbgen-') ? ['settings'] : ['search', 'precision'],
      );
    });
  }

  it('has its defaults filled in', () => {
    const result = validatePlan(planText([search, binarize]), 'slimwise.json');
    assert.ok(result.ok, JSON.stringify(result));
    const { plan } = result.value;
    assert.deepEqual(plan.train.optimizer, { type: 'adam', learningRate: 2e-4, beta1: 0.5, beta2: 0.999 });
    assert.deepEqual([plan.seed, plan.evaluation.nImages, plan.name], [1, 512, 'Slimwise run']);
    const [first, second] = plan.stages;
    assert.ok(first?.family === 'search' && first.threshold === 'noise' && first.repetitions === 3);
    assert.ok(second?.family === 'precision' && second.fn.gradient === 'xnor' && second.module === 'both');
  });
});

describe('a faulty plan', () => {
  type Row = readonly [name: string, text: string, code: string, line: number, message: string, hint?: string];
  const rows: readonly Row[] = [
    ['a comma too many', planText([search]).replace('"size": 32,', '"size": 32,,'), 'SWP_PLAN_NOT_JSON', 5, 'a key in double quotes is missing'],
    ['an unclosed text', planText([search]).replace('"data"', '"data'), 'SWP_PLAN_NOT_JSON', 5, ''],
    ['nothing', '', 'SWP_PLAN_NOT_JSON', 1, 'the plan ends where a value should stand'],
    ['a key that stands twice', planText([search], ['"seed": 1', '"seed": 2']), 'SWP_PLAN_NOT_JSON', 10, 'the key "seed" stands here twice'],
    ['text after the end', `${planText([search])}\n{}`, 'SWP_PLAN_NOT_JSON', 11 - 1, 'more text after the end'],
    ['a list', '[]', 'SWP_PLAN_WRONG_VALUE', 1, 'The plan must be an object, but is a list'],
    ['a misspelt field', planText([search], ['"sead": 1']), 'SWP_PLAN_UNKNOWN_KEY', 9, 'no field "sead" at its top level', 'Did you mean "seed"?'],
    ['a misspelt field of training', planText([search], ['"train": { "step": 3 }']), 'SWP_PLAN_UNKNOWN_KEY', 9, 'no field "step" in "train"', 'Did you mean "steps"?'],
    ['a misspelt field of a stage', planText([search, binarize.replace('"rep"', '"granularty": "channel", "rep"')]), 'SWP_PLAN_UNKNOWN_KEY', 8, 'no field "granularty" in "stages[1]"', 'Did you mean "granularity"?'],
    ['a field that is like no other', planText([search], ['"wifi": 1']), 'SWP_PLAN_UNKNOWN_KEY', 9, 'no field "wifi"', 'Fields there: $schema, schema, name,'],
    ['a missing field', planText([search]).replace(', "entry": "G()"', ''), 'SWP_PLAN_MISSING_KEY', 3, 'The field "entry" is missing in "generator"'],
    ['a wrong type', planText([search], ['"seed": "one"']), 'SWP_PLAN_WRONG_VALUE', 9, '"seed" must be a number, but is "one"'],
    ['no whole number', planText([search], ['"train": {\n"steps": 1.5 }']), 'SWP_PLAN_WRONG_VALUE', 10, '"train.steps" must be a whole number, but is 1.5'],
    ['too small a number', planText([search], ['"train": { "batch": 0 }']), 'SWP_PLAN_WRONG_VALUE', 9, '"train.batch" must be at least 1, but is 0'],
    ['a misspelt choice', planText([search.replace('"G"', '"g"')]), 'SWP_PLAN_WRONG_VALUE', 7, '"stages[0].module" must be "G", "D" or "both", but is "g"'],
    ['a misspelt family', planText([search.replace('"search"', '"serch"')]), 'SWP_PLAN_WRONG_VALUE', 7, '"stages[0].family" must be', 'Did you mean "search"?'],
    ['a stage without a family', planText(['{ "id": "x" }']), 'SWP_PLAN_MISSING_KEY', 7, 'The field "family" is missing in "stages[0]"'],
    ['a list for an object', planText([search.replace('"module"', '"select": [], "module"')]), 'SWP_PLAN_WRONG_VALUE', 7, '"stages[0].select" must be an object, but is a list'],
    ['no stages', planText([]), 'SWP_PLAN_WRONG_VALUE', 6, '"stages" must be a list that is not empty'],
    ['a threshold in words', planText([search.replace('"module"', '"threshold": "low", "module"')]), 'SWP_PLAN_WRONG_VALUE', 7, '"stages[0].threshold" must be "noise", a number or an object, but is "low"'],
    ['two stages of one name', planText([search, binarize.replace('"binarize"', '"find"')]), 'SWP_PLAN_DUPLICATE_STAGE', 8, 'Two stages have the id "find"'],
    ['a device that is not known', planText([search], ['"budget": {\n"device": "phones" }']), 'SWP_PLAN_UNKNOWN_DEVICE', 10, 'no device profile "phones"', 'Did you mean "phone"?'],
    ['too deep a nesting', '['.repeat(500), 'SWP_PLAN_NOT_JSON', 1, 'nested more than 64 deep'],
  ]; // prettier-ignore
  for (const [name, text, code, line, message, hint] of rows) {
    it(`with ${name} says so on line ${line}`, () => {
      const result = validatePlan(text, 'slimwise.json');
      assert.ok(!result.ok);
      const { problem } = result;
      assert.deepEqual([problem.code, problem.line, problem.path], [code, line, 'slimwise.json'], problem.message);
      assert.ok(problem.message.includes(message), problem.message);
      assert.ok(problem.hint.includes(hint ?? ''), problem.hint);
    });
  }

  it('tells all its problems, in the order of lines, and how many there are', () => {
    const text = planText([search, '{ "id": "x", "family": "precision" }'], ['"sead": 1']);
    const { plan, problems } = checkPlan(text, 'slimwise.json');
    assert.equal(plan, null);
    assert.deepEqual(problems.map(({ code, line }) => [code, line]), [
      ['SWP_PLAN_MISSING_KEY', 8],
      ['SWP_PLAN_UNKNOWN_KEY', 10],
    ]); // prettier-ignore
    const result = validatePlan(text, 'slimwise.json');
    assert.ok(!result.ok && result.problem.hint.endsWith('The plan has 1 more problem.'));
  });

  it('never throws, whatever the text', () => {
    const cut = planText([search, binarize]);
    const broken = fc.tuple(fc.nat(cut.length), fc.nat(20), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(broken, ([at, remove, insert]) => {
        const { plan, problems } = checkPlan(cut.slice(0, at) + insert + cut.slice(at + remove), 'slimwise.json');
        assert.equal(plan === null, problems.length > 0);
        for (const problem of problems) assert.ok(Number.isInteger(problem.line), JSON.stringify(problem));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a technique that this version does not run', () => {
  const rows: readonly (readonly [stage: string, named: string])[] = [
    ['{ "family": "prune", "criterion": { "type": "magnitude", "threshold": { "quantile": 0.5 } }, "granularity": "weight" }', 'pruning by magnitude'],
    ['{ "family": "prune", "criterion": { "type": "normScale", "reg": "l1prox" }, "granularity": "channel", "schedule": { "type": "gradual", "s0": 0, "s1": 0.9, "steps": 100, "every": 10, "curve": "cubic" } }', 'pruning by normScale'],
    ['{ "family": "distill", "teacher": { "origin": "pretrained", "frozen": true }, "student": { "recon": "prune", "init": "l1TopK" }, "arch": { "teacherG": true, "teacherD": "frozen", "studentD": false }, "losses": [{ "type": "pixel", "p": "l1", "target": "teacher", "weight": 1 }] }', 'distillation from a pretrained teacher'],
    ['{ "family": "lowRank", "method": "tucker2", "rank": { "energy": 0.9 } }', 'low-rank factorization by tucker2'],
    ['{ "family": "precision", "rep": { "kind": "int", "bits": 9 } }', '9-bit whole-number precision'],
    ['{ "family": "precision", "rep": { "kind": "flex", "mantissa": 16, "sharedExp": 5 } }', 'flex precision'],
    ['{ "family": "precision", "rep": { "kind": "ternary" }, "fn": { "type": "ternary", "delta": "0.05max", "learnScale": true } }', 'the ternary quantizer'],
    ['{ "family": "settings" }', 'an experiment'],
    ['{ "family": "precision", "rep": { "kind": "binary" }, "fn": { "type": "bwn", "clip": 1 } }', 'clipping'],
    ['{ "family": "precision", "rep": { "kind": "binary" }, "granularity": "tensor" }', 'one scale per tensor'],
    ['{ "family": "precision", "rep": { "kind": "binary" }, "target": ["W", "A"] }', 'quantized activations'],
    ['{ "family": "precision", "rep": { "kind": "binary" }, "when": { "at": "during" } }', 'the field "when"'],
    ['{ "family": "precision", "rep": { "kind": "binary" }, "accept": { "metric": "swd", "maxDegradation": 2 } }', 'the field "accept"'],
    ['{ "family": "encoding", "scheme": { "type": "codebook", "k": 16, "init": "kmeans++", "train": true } }', 'codebook encoding'],
    ['{ "family": "lossless", "entropy": "huffman" }', 'lossless coding'],
    ['{ "family": "search" }', 'a second search stage'],
    ['{ "family": "search", "module": "both" }', 'a search on the discriminator'],
    ['{ "family": "search", "algorithm": "evolution" }', 'a search by evolution'],
    ['{ "family": "search", "metric": "fid" }', 'the metric fid'],
  ]; // prettier-ignore
  it('is refused by name: a search after the weights are binarized', () => {
    const { problems } = checkPlan(planText([binarize, search]), 'slimwise.json');
    assert.deepEqual(problems.map(({ code, line }) => [code, line]), [['SWP_PLAN_STAGE_NOT_RUN', 8]]); // prettier-ignore
    assert.match(problems[0]?.message ?? '', /a search after the weights are binarized/);
  });

  for (const [stage, named] of rows) {
    it(`is refused by name: ${named}`, () => {
      const { plan, problems } = checkPlan(planText([search, stage.replace('{', '{ "id": "extra",')]), 'slimwise.json');
      assert.equal(plan, null);
      assert.deepEqual(problems.map(({ code, line }) => [code, line]), [['SWP_PLAN_STAGE_NOT_RUN', 8]]); // prettier-ignore
      const message = problems[0]?.message ?? '';
      assert.ok(message.includes(named) && message.includes('"extra"'), message);
    });
  }
});

describe('a plan that is better written otherwise', () => {
  const lossless = '{ "id": "pack", "family": "lossless" }';
  const rows: readonly (readonly [name: string, stages: readonly string[], codes: readonly string[]])[] = [
    ['compresses only G', [search, binarize.replace('"rep"', '"module": "G", "rep"')], ['SWP_PLAN_ONLY_GENERATOR']],
    ['compresses only D', [binarize.replace('"rep"', '"module": "D", "rep"')], []],
    ['only searches', [search], []],
    ['quantizes only activations', [binarize.replace('"rep"', '"target": ["A"], "rep"')], ['SWP_PLAN_ACTIVATIONS_ONLY']],
    ['packs before it binarizes', [lossless, binarize], ['SWP_PLAN_LOSSLESS_NOT_LAST']],
    ['packs last', [binarize, lossless], []],
  ]; // prettier-ignore
  for (const [name, stages, codes] of rows) {
    it(`${name}: ${codes.join(', ') || 'no warning'}`, () => {
      assert.deepEqual(codesOf(checkPlan(planText(stages), 'slimwise.json').warnings), codes);
    });
  }
});

function codesOf(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ code }) => code);
}
