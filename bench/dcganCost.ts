/**
 * The floating-point operations of one training step of `dcgan.ts`: products of the convolutions, the
 * projection and the decision, two operations per multiply-add, nothing for normalization and activations.
 * Counted from what is computed: gradients of the data are not taken where nothing asks for them.
 */
import type { DcganSize } from './dcgan.ts';

export function gflopPerStep(size: DcganSize): number {
  const { batch, imageSize, imageChannels, width, kernel } = size;
  const nLayers = Math.log2(imageSize / 4);
  // Layer i connects a map of (imageSize / 2^(i+1))² with `width·2^i` channels to the next larger one.
  const layers = Array.from({ length: nLayers }, (_, i) => {
    const side = imageSize / 2 ** (i + 1);
    const wide = width * 2 ** i;
    const narrow = i === 0 ? imageChannels : width * 2 ** (i - 1);
    return wide * narrow * kernel ** 2 * side ** 2;
  });
  const all = layers.reduce((sum, macs) => sum + macs, 0);
  const withoutFirst = all - (layers[0] ?? 0);
  const nFeatures = 16 * width * 2 ** (nLayers - 1);
  // Generator: forward in both updates, data and filter gradients in its own; its latents need none.
  const generator = 4 * all + 3 * 100 * nFeatures;
  // Discriminator: three forward passes, filter gradients of two, data gradients of all; for its own update
  // those stop before the first layer.
  const discriminator = 3 * all + 2 * all + 2 * withoutFirst + all + 8 * nFeatures;
  return (2 * batch * (generator + discriminator)) / 1e9;
}
