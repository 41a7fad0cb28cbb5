/**
 * Registers TF.js's gradients. The package's Node build leaves them out (its own bundler took the
 * registration for unused), so they are required for their effect. In a bundle the literal `require` is
 * followed and included; run from source, Node's resolver for modules refuses these files and a CommonJS
 * `require` accepts them. TF.js keeps its registry in a global, so a second copy of it does no harm.
 */
import { createRequire } from 'node:module';
import { registerLeanGradients } from './leanGradients.ts';
import { registerSecondGradients } from './secondGradients.ts';

declare const require: ((path: string) => unknown) | undefined;

if (typeof require === 'function') require('@tensorflow/tfjs-core/dist/register_all_gradients.js');
else createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js');

registerOurGradients();

/** Again after another copy of TF.js was loaded: its own gradients then stand in the registry that both share. */
export function registerOurGradients(): void {
  registerLeanGradients();
  registerSecondGradients();
}
