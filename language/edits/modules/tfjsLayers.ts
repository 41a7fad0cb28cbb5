/**
 * The module for TensorFlow.js in the form that a source needs: TypeScript or JavaScript, ES module or CommonJS, and
 * with the same TensorFlow.js as the source, because two copies of it know nothing of each other's layers: the package
 * that the source imports, or the `tf` of the page that both run in.
 */
import { tfjsLayersPlain } from './tfjsLayersPlain.generated.ts';
import { tfjsLayersTyped } from './tfjsLayersTyped.ts';

export interface TfjsModuleForm {
  /** The package that the source imports: `@tensorflow/tfjs-node`; null: `tf` is a global of the page. */
  readonly tf: string | null;
  readonly isTyped: boolean;
  readonly isCommonJs: boolean;
}

export function tfjsLayers({ tf, isTyped, isCommonJs }: TfjsModuleForm): string {
  if (tf === null) return tfjsLayersPlain.replace(/^import \* as tf from .*;$/m, globalTf);
  const text = (isTyped ? tfjsLayersTyped : tfjsLayersPlain).replace("'@tensorflow/tfjs'", `'${tf}'`);
  if (isTyped || !isCommonJs) return text;
  const names = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const body = text.replace(/^export /gm, '').replace(/^import \* as tf from ('.*');/m, 'const tf = require($1);');
  return `${body}\nmodule.exports = { ${names.join(', ')} };\n`;
}

const globalTf = `/* global tf */
// The page loads TensorFlow.js with a script element, as for the source beside this file.`;
