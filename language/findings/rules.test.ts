import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { costModel } from '../report/buildReport.ts';
import { publishedDcgan } from '../report/chainGraph.ts';
import { defaultSettings } from '../settings.ts';
import { checkModel, rules } from './rules.ts';

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');

describe('rules', () => {
  it('have codes of their own, each with a section that says its title and severity', () => {
    assert.equal(new Set(rules.map(({ code }) => code)).size, rules.length);
    for (const { code, title, severity } of rules) {
      assert.match(page, new RegExp(`### ${code}\\n\\*\\*${title}\\*\\* \\(${severity}\\)`), code);
    }
  });

  it('obey the severities of the user', () => {
    const model = costModel(publishedDcgan(), { convFormula: 'published' });
    const settings = { ...defaultSettings, severities: { SW101: 'information', SW201: 'off' } as const };
    const findings = checkModel(model, settings);
    assert.deepEqual(
      findings.map(({ code, severity, line }) => [code, severity, line]),
      [
        ['SW101', 'information', 12],
        ['SW101', 'information', 13],
      ],
    );
  });
});
