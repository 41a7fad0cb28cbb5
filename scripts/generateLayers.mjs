/**
 * `npm run generate:layers`: the JavaScript form of the module of layers for TensorFlow.js, from its TypeScript form
 * by TypeScript itself. What is generated is committed, so that nobody needs a compiler at run time.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const modules = new URL('../language/edits/modules/', import.meta.url);

/** The text without its types, formatted. */
export async function plainLayers() {
  const source = readFileSync(new URL('tfjsLayersTyped.ts', modules), 'utf8');
  const start = source.indexOf('String.raw`') + 'String.raw`'.length;
  const typed = source.slice(start, source.lastIndexOf('`;'));
  const { ModuleKind, ScriptTarget } = ts;
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext, useDefineForClassFields: false };
  const { outputText } = ts.transpileModule(typed, { compilerOptions });
  const text = await prettier.format(outputText, { parser: 'babel', printWidth: 110, singleQuote: true });
  return [
    '/** Made by `npm run generate:layers` from `tfjsLayersTyped.ts`; edit that file instead. */',
    `export const tfjsLayersPlain = String.raw\`${text}\`;`,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(fileURLToPath(new URL('tfjsLayersPlain.generated.ts', modules)), await plainLayers());
}
