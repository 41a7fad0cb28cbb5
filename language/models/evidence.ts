/**
 * How the classes of a workspace are built and fed, seen while its scripts are followed: each construction
 * that is not part of building another model, with its arguments, and the shapes it is called with.
 * Evidence is never invented: what a script does not show is not there.
 */
import type { Shape } from '../../core/graph/shape.ts';
import type { CallArguments } from '../interpreter/library.ts';
import type { Machine, MachineObserver } from '../interpreter/machine.ts';
import { copyValue } from '../interpreter/libraries/copyValue.ts';
import type { ClassValue, InstanceValue, Value } from '../interpreter/values.ts';

export interface Construction {
  readonly instance: InstanceValue;
  readonly args: CallArguments;
  /** Built by another module's constructor: a part, not a model. */
  readonly isPart: boolean;
  readonly runs: Run[];
}

export interface Run {
  /**
   * Shapes of the positional arguments, of a list or tuple that of its first tensor; null where an argument is
   * no tensor, or not all of it is known.
   */
  readonly shapes: readonly (Shape | null)[];
  readonly args: CallArguments;
  /** Called inside the run of another module. */
  readonly isInner: boolean;
}

export interface Evidence {
  readonly constructions: Construction[];
  /** The first object of every class that is no model: trainers, data sets. */
  readonly helpers: Map<object, InstanceValue>;
  /** Functions that were called, by definition. */
  readonly entered: Set<object>;
}

export interface EvidenceOptions {
  /** Whether an instance is a model of a framework: a subclass of `nn.Module`. */
  readonly isModel: (instance: InstanceValue) => boolean;
  readonly shapeOf: (value: Value) => Shape | null;
}

export function watchEvidence(machine: Machine, options: EvidenceOptions): Evidence {
  const evidence: Evidence = { constructions: [], helpers: new Map(), entered: new Set() };
  const byInstance = new Map<InstanceValue, Construction>();
  let building = 0;
  let running = 0;
  const observer: MachineObserver = {
    constructing(instance) {
      if (!options.isModel(instance)) {
        const { definition } = instance.class;
        if (!evidence.helpers.has(definition)) evidence.helpers.set(definition, instance);
        return;
      }
      const construction: Construction = {
        instance,
        args: freeze(instance.origin.args),
        isPart: building > 0,
        runs: [],
      };
      building++;
      if (evidence.constructions.length > 3000) return;
      evidence.constructions.push(construction);
      byInstance.set(instance, construction);
    },
    constructed(instance) {
      if (options.isModel(instance)) building--;
    },
    calling(instance, args) {
      const construction = byInstance.get(instance);
      if (construction !== undefined && construction.runs.length < 12) {
        construction.runs.push({
          shapes: args.positional.map((value) => shapeWithin(value, options.shapeOf)),
          args,
          isInner: running > 0,
        });
      }
      running++;
    },
    called() {
      running--;
    },
    entered(callee) {
      evidence.entered.add(callee.definition);
    },
  };
  machine.observers.push(observer);
  return evidence;
}

function shapeWithin(value: Value, shapeOf: EvidenceOptions['shapeOf']): Shape | null {
  if ((value.kind !== 'list' && value.kind !== 'tuple') || value.items.length > MAX_HELD) return shapeOf(value);
  const shapes = value.items.map(shapeOf);
  return shapes.every((shape) => shape !== null && shape.length > 1) ? (shapes[0] ?? null) : null;
}

const MAX_HELD = 64;

/** Arguments as they were: lists that are emptied later stay full. */
function freeze(args: CallArguments): CallArguments {
  const copied = (value: Value): Value =>
    value.kind === 'list' || value.kind === 'dict' || value.kind === 'tuple' ? copyValue(value, false) : value;
  return {
    positional: args.positional.map(copied),
    keywords: new Map([...args.keywords].map(([name, value]) => [name, copied(value)])),
    open: args.open,
  };
}

/** The same class, even where two machines or two imports made it twice. */
export function isSameClass(left: ClassValue, right: ClassValue): boolean {
  return left.unit.path === right.unit.path && left.definition.start === right.definition.start;
}

/** How much of the arguments is known, for choosing among constructions. */
export function isFullyKnown(args: CallArguments): boolean {
  if (args.open !== null) return false;
  return [...args.positional, ...args.keywords.values()].every(({ kind }) => kind !== 'unknown');
}
