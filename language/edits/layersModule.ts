/**
 * The generated module beside a source: which text it has, where it goes, and whether it may be written. A file of
 * that name that Slimwise wrote for the same framework stays; any other one is the user's, and is never touched.
 */
import type { Framework } from '../../core/graph/modelGraph.ts';
import { moduleName } from '../frameworks/slimwise/wrappers.ts';
import { usesGlobalTf, type ImportPlace } from './importWrapper.ts';
import { kerasLayers } from './modules/kerasLayers.ts';
import { pytorchLayers } from './modules/pytorchLayers.ts';
import { tfjsLayers } from './modules/tfjsLayers.ts';
import type { CreatedFile } from './textEdit.ts';

export type ModuleFiles = { readonly files: readonly CreatedFile[] } | { readonly refused: string };

export function layersModule(place: ImportPlace, framework: Framework): ModuleFiles {
  const text = moduleText(place, framework);
  if (text === null) return { refused: 'this framework has no module of layers' };
  const file = moduleFile(place.file);
  const existing = place.host.read(file);
  if (existing === null) return { files: [{ file, text }] };
  if (firstLine(existing) === firstLine(text)) return { files: [] };
  return { refused: `${file} exists and is not the module that Slimwise writes for this framework` };
}

/** `models/dcgan.py` → `models/slimwise_layers.py`. */
function moduleFile(source: string): string {
  const folder = source.slice(0, source.lastIndexOf('/') + 1);
  const ending = /\.(tsx?|[cm]ts)$/.test(source) ? '.ts' : /\.py$/.test(source) ? '.py' : '.js';
  return `${folder}${moduleName}${ending}`;
}

function moduleText(place: ImportPlace, framework: Framework): string | null {
  const { file, text } = place;
  switch (framework) {
    case 'pytorch':
      return pytorchLayers;
    case 'keras':
      return kerasLayers(kerasImport(text));
    case 'tfjs':
      return tfjsLayers({
        tf: usesGlobalTf(place) ? null : (/['"](@tensorflow\/tfjs[\w-]*)['"]/.exec(text)?.[1] ?? '@tensorflow/tfjs'),
        isTyped: /\.(tsx?|[cm]ts)$/.test(file),
        isCommonJs: !/^\s*import\b/m.test(text) && /\brequire\(/.test(text),
      });
    case 'onnx':
    case 'tfjs-file':
      return null;
  }
}

/** The Keras that the source itself uses. */
function kerasImport(text: string): string {
  if (/^\s*(from|import)\s+keras_core\b/m.test(text)) return 'import keras_core as keras';
  if (/^\s*(from|import)\s+tf_keras\b/m.test(text)) return 'import tf_keras as keras';
  return /^\s*(from|import)\s+keras\b/m.test(text) ? 'import keras' : 'from tensorflow import keras';
}

function firstLine(text: string): string {
  return text.slice(0, text.search(/\r?\n|$/));
}
