/** The layers of Keras by class name, old names included. */
import { convBuilders } from './kerasConv.ts';
import type { KerasBuilder } from './kerasLayer.ts';
import { mergeBuilders } from './kerasMerge.ts';
import { attentionBuilders } from './kerasAttention.ts';
import { recurrentBuilders } from './kerasRecurrent.ts';
import { normBuilders } from './kerasNorm.ts';
import { shapeBuilders } from './kerasShape.ts';

const OLD_NAMES: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution3D: 'Conv3D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Convolution1DTranspose: 'Conv1DTranspose',
  Convolution3DTranspose: 'Conv3DTranspose',
  Deconvolution2D: 'Conv2DTranspose',
  Deconvolution3D: 'Conv3DTranspose',
  Deconv3D: 'Conv3DTranspose',
  AtrousConvolution2D: 'Conv2D',
  Deconv2D: 'Conv2DTranspose',
  SeparableConvolution2D: 'SeparableConv2D',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  MaxPool3D: 'MaxPooling3D',
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  AvgPool3D: 'AveragePooling3D',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalAvgPool3D: 'GlobalAveragePooling3D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool3D: 'GlobalMaxPooling3D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  GroupQueryAttention: 'GroupedQueryAttention',
};

/** The class that a name stands for: `MaxPool2D` is another name of `MaxPooling2D`, and so Keras calls it. */
export function className(name: string): string {
  return OLD_NAMES[name] ?? name;
}

let table: ReadonlyMap<string, KerasBuilder> | null = null;

export function kerasBuilder(name: string): KerasBuilder | null {
  table ??= new Map([
    ...Object.entries(convBuilders),
    ...Object.entries(recurrentBuilders),
    ...Object.entries(attentionBuilders),
    ...Object.entries(normBuilders),
    ...Object.entries(shapeBuilders),
    ...Object.entries(mergeBuilders),
  ]);
  return table.get(className(name)) ?? null;
}
