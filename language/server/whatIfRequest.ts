/** The what-if table as a request of the protocol: the document's analysis as it is now, nothing else, and no edit. */
import { createHash } from 'node:crypto';
import type { Connection } from 'vscode-languageserver';
import { readChoices, whatIfRequest, type WhatIfParams, type WhatIfResult } from '../../core/report/whatIfReport.ts';
import { whatIf } from '../whatIf/whatIf.ts';
import type { FeatureContext } from './features.ts';

export function registerWhatIf(
  connection: Connection,
  { analyses, documents, notebooks, session, answer }: FeatureContext,
): void {
  connection.onRequest<WhatIfResult, unknown>(whatIfRequest, (params: WhatIfParams) =>
    answer<WhatIfResult>(params.textDocument.uri, { refused: 'the document is not open' }, ({ opened }) => {
      if (notebooks.get(opened.uri) !== undefined)
        return { refused: 'sources are edited, and the cells of a notebook are not' };
      const { model, choices, budgetBytes, fit, sensitivity } = params;
      const text = documents.hostOf(opened.place.root).read(opened.place.path) ?? '';
      return whatIf(
        analyses.describe(opened).models,
        {
          model: typeof model === 'string' ? model : null,
          choices: readChoices(choices),
          budgetBytes: typeof budgetBytes === 'number' && budgetBytes > 0 ? budgetBytes : null,
          fit: fit === true,
          ...(sensitivity === 'predicted' || sensitivity === 'measured' ? { sensitivity } : {}),
        },
        { convFormula: session().settings.convFormula, sha256: createHash('sha256').update(text).digest('hex') },
      );
    }),
  );
}
