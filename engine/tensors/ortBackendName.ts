/** Under this name TF.js knows the lazy backend. A file of its own, because gradients ask for it too. */
export const ortBackendName = 'onnxruntime';
