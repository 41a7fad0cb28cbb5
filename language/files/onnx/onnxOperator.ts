/** One ONNX node for its conversion: typed attributes, and lists that newer operator sets moved into inputs. */
import { wholeNumbers } from '../constants.ts';
import type { FileValue } from '../fileGraph.ts';
import { FileOperator, type Convert } from '../fileOperator.ts';
import type { OnnxNodeFile } from './onnxFile.ts';

export type OnnxConvert = Convert<OnnxOperator>;

export class OnnxOperator extends FileOperator {
  readonly node: OnnxNodeFile;
  readonly opset: number;

  constructor(node: OnnxNodeFile, inputs: readonly (FileValue | null)[], opset: number) {
    super(inputs);
    this.node = node;
    this.opset = opset;
  }

  int(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'float' || attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'text' ? attribute.value : otherwise;
  }

  ints(name: string): readonly number[] | null {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'ints' ? attribute.value : null;
  }

  floats(name: string): readonly number[] | null {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'floats' ? attribute.value : null;
  }

  /** Axes and sizes stand in an attribute in older operator sets and in an input in newer ones. */
  list(name: string, idx: number): readonly number[] | null {
    return this.ints(name) ?? wholeNumbers(this.constant(idx));
  }
}
