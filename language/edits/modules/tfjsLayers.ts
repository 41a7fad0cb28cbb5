/**
 * The module for TensorFlow.js in the form that a source needs: TypeScript or JavaScript, ES module or CommonJS, and
 * importing the same package as the source, because two copies of TensorFlow.js know nothing of each other's layers.
 */
import { tfjsLayersPlain } from './tfjsLayersPlain.generated.ts';
import { tfjsLayersTyped } from './tfjsLayersTyped.ts';

export interface TfjsModuleForm {
  /** The package that the source imports: `@tensorflow/tfjs-node`. */
  readonly tf: string;
  readonly isTyped: boolean;
  readonly isCommonJs: boolean;
}

export function tfjsLayers({ tf, isTyped, isCommonJs }: TfjsModuleForm): string {
  const text = (isTyped ? tfjsLayersTyped : tfjsLayersPlain).replace("'@tensorflow/tfjs'", `'${tf}'`);
  if (isTyped || !isCommonJs) return text;
  const names = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const body = text.replace(/^export /gm, '').replace(/^import \* as tf from ('.*');/m, 'const tf = require($1);');
  return `${body}\nmodule.exports = { ${names.join(', ')} };\n`;
}
