/**
 * What to do with a model file that is never opened. Pickles and Keras archives may run code when they are loaded,
 * so no reader of them exists here; each kind has a way to a format that is only data.
 */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /\.(pt|pth|ckpt|pkl|pickle|joblib)$/i,
    'Loading a pickle runs the code in it, so Slimwise never does. Export the model with torch.onnx.export and open the .onnx, save its weights as .safetensors beside the source, or open the source itself.',
  ],
  [
    /\.(h5|hdf5|keras)$/i,
    'A Keras file may hold code, so Slimwise never loads it. Convert it to a TF.js model.json (tensorflowjs_converter) or to ONNX (tf2onnx), or open the source that builds the model.',
  ],
  [/\.(pb|tflite|mlmodel|mlpackage|pdmodel|gguf|engine)$/i, 'Convert the model to ONNX and open the .onnx file.'],
];

/** null: the name is of no such kind. */
export function conversionHint(path: string): string | null {
  return hints.find(([names]) => names.test(path))?.[1] ?? null;
}
