/**
 * One model, as read from a source text or a model file: the layers it builds (rows of the report)
 * and the operators it runs (nodes, in execution order). Everything after the analysis reads only this:
 * costs, findings, hints, and the network that is trained.
 *
 * Invariants: a node's inputs have smaller ids than the node; `nodes[i].id === i`; `layers[i].index === i`;
 * a layer that several nodes name is run several times and its weights are shared; a layer that no node
 * names is built and never run. What cannot be known is null or `'?'`, with the reason in `unknown`.
 */
import type { WeightBits } from '../cost/weightBits.ts';
import type { OpCall } from './ops.ts';
import type { Layout, Shape } from './shape.ts';

export type Framework = 'pytorch' | 'keras' | 'tfjs' | 'onnx' | 'tfjs-file';

/** A place in a source file. Lines are 1-based, columns 0-based, the end is exclusive. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One weight of a layer, in the framework's own axis order and name (`weight`, `kernel`, `running_mean`). */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** One layer that the source builds, whether run or not. */
export type Layer = OpCall & {
  readonly index: number;
  /** The framework's own path: `main.0`, `fc`, `conv2d_transpose_1`. Unique in the model. */
  readonly name: string;
  /** The class as written: `ConvTranspose2d`. */
  readonly type: string;
  /** The innermost call in the user's own source that builds it. */
  readonly site: Site;
  /** Callers of `site`, innermost first (without `site` itself). */
  readonly stack: readonly { readonly file: string; readonly line: number }[];
  /** null: the sizes are not known. */
  readonly weights: readonly WeightSpec[] | null;
  /** Why something about this layer is not known; null where all is known. */
  readonly unknown: string | null;
  /**
   * Runs of a layer whose operators are nodes of their own: a user's module that multiplies its weights
   * itself. Absent where the nodes that name the layer are its runs.
   */
  readonly runs?: readonly LayerRun[];
  /** Its attribute is set and named nowhere else in the source: if nothing ran it, nothing ever does. */
  readonly isForgotten?: boolean;
  /** Bits per kernel weight that the source declares (`binarize(nn.Conv2d(…))`); absent: full precision. */
  readonly bits?: WeightBits;
  /** Share of the kernel's weights that a choice sets to zero and does not store; no source declares it. */
  readonly prunedShare?: number;
};

export interface LayerRun {
  /** Node ids of what it takes and gives. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** Id of the first node inside. */
  readonly start: number;
}

/** One operator in the order of execution. */
export type GraphNode = OpCall & {
  readonly id: number;
  /** The layer whose weights it uses; null for a functional operator. */
  readonly layer: number | null;
  readonly inputs: readonly number[];
  /** The output's shape, batch 1; null where even the rank is unknown. */
  readonly shape: Shape | null;
  readonly unknown: string | null;
  /** Where it is called; null for implied nodes such as inputs of a sequential model. */
  readonly site: Site | null;
  /** Where it is not the model's: in Keras and TF.js each layer may have its own. */
  readonly layout?: Layout;
};

/** A mismatch or other fault met while following the source; becomes a finding. */
export interface GraphFault {
  readonly kind:
    'shapeMismatch' | 'cannotConstruct' | 'unknownLayer' | 'unknownInput' | 'epsAsMomentum' | 'notFollowed';
  readonly message: string;
  readonly site: Site;
  readonly layer: number | null;
}

export interface ModelGraph {
  readonly name: string;
  readonly framework: Framework;
  readonly layout: Layout;
  readonly file: string;
  /** 1-based line of the class or builder function. */
  readonly line: number;
  /** `Generator(100)`: how it was built, as found; null where it needed nothing. */
  readonly instantiation: string | null;
  readonly layers: readonly Layer[];
  readonly nodes: readonly GraphNode[];
  /** Node ids of the inputs and outputs, in order. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly faults: readonly GraphFault[];
}
