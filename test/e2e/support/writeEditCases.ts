/**
 * The cases of source edits, written into a workspace for tests that run in an extension host: each framework's small
 * source, and beside it what every action on it must come to. The layers are found by the analysis here, so that the
 * tests over there only apply and undo.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WhatIfChoice } from '../../../core/report/whatIfReport.ts';
import { analyzeFile } from '../../../language/analyze.ts';
import {
  choicesOf,
  editCases,
  editedFrameworks,
  fixtureFile,
  fixtureHost,
  readFixture,
} from '../../../language/edits/editCases.ts';

export interface WrittenEditCase {
  readonly framework: string;
  /** Of the workspace. */
  readonly source: string;
  readonly name: string;
  readonly model: string;
  readonly choices: readonly WhatIfChoice[];
  readonly after: string;
}

export function writeEditCases(workspace: string): void {
  const written = editedFrameworks.flatMap((framework) => {
    const source = `edits/${framework}/${fixtureFile(framework)}`;
    mkdirSync(join(workspace, 'edits', framework), { recursive: true });
    writeFileSync(join(workspace, source), readFixture(framework, 'before'));
    const [graph] = analyzeFile(fixtureHost(framework), fixtureFile(framework)).graphs;
    if (graph === undefined) throw new Error(`${source} has no model`);
    return editCases.map((own): WrittenEditCase => {
      const after = readFixture(framework, own.name);
      return { framework, source, name: own.name, model: graph.name, choices: choicesOf(graph, own), after };
    });
  });
  writeFileSync(join(workspace, 'edits', 'cases.json'), JSON.stringify(written));
}
