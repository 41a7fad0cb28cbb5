/** The JavaScript form of the module of layers for TensorFlow.js, as a source file. */
export function plainLayers(): Promise<string>;
