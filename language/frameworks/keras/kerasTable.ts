/** The layers of Keras by class name, old names included. */
import { convBuilders } from './kerasConv.ts';
import type { KerasBuilder } from './kerasLayer.ts';
import { mergeBuilders } from './kerasMerge.ts';
import { normBuilders } from './kerasNorm.ts';
import { shapeBuilders } from './kerasShape.ts';

const OLD_NAMES: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution3D: 'Conv3D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Deconvolution2D: 'Conv2DTranspose',
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
};

let table: ReadonlyMap<string, KerasBuilder> | null = null;

export function kerasBuilder(name: string): KerasBuilder | null {
  table ??= new Map([
    ...Object.entries(convBuilders),
    ...Object.entries(normBuilders),
    ...Object.entries(shapeBuilders),
    ...Object.entries(mergeBuilders),
  ]);
  return table.get(OLD_NAMES[name] ?? name) ?? null;
}
