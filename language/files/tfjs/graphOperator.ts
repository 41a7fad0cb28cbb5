/**
 * One node of a TensorFlow graph for its conversion: attributes as JSON writes them (texts in base64, whole
 * numbers as texts), and constants. What is of another type than expected counts as absent.
 */
import type { JsonValue } from '../../../core/json/strictJson.ts';
import type { FileValue } from '../fileGraph.ts';
import { FileOperator, type Convert } from '../fileOperator.ts';
import { asDims, asList, asMap, type JsonMap } from './json.ts';

export interface GraphNodeFile {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: JsonMap;
}

export type GraphConvert = Convert<GraphOperator>;

export class GraphOperator extends FileOperator {
  readonly node: GraphNodeFile;
  /** NHWC unless the graph says otherwise. */
  readonly isChannelsFirst: boolean;

  constructor(node: GraphNodeFile, inputs: readonly (FileValue | null)[], isChannelsFirst: boolean) {
    super(inputs);
    this.node = node;
    this.isChannelsFirst = isChannelsFirst;
  }

  text(name: string): string | null {
    return textOf(asMap(this.node.attributes.get(name))?.get('s'));
  }

  int(name: string, otherwise: number): number {
    return wholeOf(asMap(this.node.attributes.get(name))?.get('i')) ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    const value = asMap(this.node.attributes.get(name))?.get('f');
    return typeof value === 'number' ? value : otherwise;
  }

  flag(name: string): boolean {
    return asMap(this.node.attributes.get(name))?.get('b') === true;
  }

  ints(name: string): readonly number[] | null {
    const values = asList(asMap(asMap(this.node.attributes.get(name))?.get('list'))?.get('i'))?.map(wholeOf);
    return values?.every((value): value is number => value !== null) ? values : null;
  }

  texts(name: string): readonly string[] {
    const values = asList(asMap(asMap(this.node.attributes.get(name))?.get('list'))?.get('s')) ?? [];
    return values.flatMap((value) => textOf(value) ?? []);
  }

  /** `{"shape": {"dim": [{"size": "-1"}, …]}}`; open sizes are `'?'`, null where the rank is open too. */
  dims(name: string): (number | '?')[] | null {
    const shape = asMap(asMap(this.node.attributes.get(name))?.get('shape'));
    if (shape === null || shape.get('unknownRank') === true) return null;
    return asDims((asList(shape.get('dim')) ?? []).map((dim) => wholeOf(asMap(dim)?.get('size'))));
  }
}

function wholeOf(value: JsonValue | undefined): number | null {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** Base64, or a list of bytes. */
export function textOf(value: JsonValue | undefined): string | null {
  const bytes = asList(value);
  if (bytes !== null) {
    if (bytes.length > 1024) return null;
    return bytes.every((byte) => typeof byte === 'number') ? String.fromCharCode(...(bytes as number[])) : null;
  }
  if (typeof value !== 'string' || value.length > 4096) return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
