/**
 * The state of one analysis: files that were loaded, the budget, the call stack, the journal. One machine
 * serves one question (one file, or one driver of it) and is then dropped. Nothing runs: the machine
 * evaluates syntax trees over abstract values, within `limits`, and stops with `BudgetExceeded` beyond.
 */
import type { Site } from '../../core/graph/modelGraph.ts';
import type { SourceModule, Span } from '../syntax/ast.ts';
import type { LineMap } from '../syntax/lineMap.ts';
import type { SourceHost } from '../sourceHost.ts';
import { iterateValue, truthOf } from './access.ts';
import { getAttribute } from './attributes.ts';
import { joinValues } from './branches.ts';
import { callValue } from './calls.ts';
import { Journal } from './journal.ts';
import type { CallArguments, CallContext, Library } from './library.ts';
import type { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import type { ClassValue, FunctionValue, InstanceValue, Value } from './values.ts';

export interface MachineLimits {
  readonly steps: number;
  readonly depth: number;
  /** Items of one list, turns of one loop. */
  readonly items: number;
  /** Files that may be read. */
  readonly files: number;
  readonly sourceLength: number;
}

export const DEFAULT_LIMITS: MachineLimits = {
  steps: 700_000,
  depth: 90,
  items: 4096,
  files: 48,
  sourceLength: 500_000,
};

/** A source file that is part of the analysis. */
export interface SourceUnit {
  readonly path: string;
  /** `__main__`, or the dotted name it was imported by. */
  readonly name: string;
  readonly text: string;
  readonly module: SourceModule;
  readonly lines: LineMap;
  readonly scope: Scope;
  readonly semantics: Semantics;
  /** JavaScript: what it exports. */
  readonly exports: Map<string, Value>;
  /** External modules of which it imports everything. */
  readonly stars: string[];
}

/** One function activation. */
export interface Frame {
  readonly unit: SourceUnit;
  readonly scope: Scope;
  readonly semantics: Semantics;
  /** JavaScript's `this`. */
  readonly self: Value | null;
  /** The function's first argument, for `super()` without arguments. */
  readonly firstArgument: Value | null;
  readonly owner: ClassValue | null;
  readonly functionName: string;
  /** Values returned on paths that cannot be decided; joined with the last one. */
  readonly pendingReturns: Value[];
  /** What a generator yields; null in plain functions. */
  readonly yields: Value[] | null;
  /** Set where a loop may end early on a condition that is not known. */
  uncertainLoop: boolean;
  readonly depth: number;
}

export interface CallSite {
  readonly unit: SourceUnit;
  readonly span: Span;
  readonly functionName: string;
}

/** Watchers of an analysis: how classes are built and called is evidence (language/models/evidence.ts). */
export interface MachineObserver {
  constructing?(instance: InstanceValue): void;
  constructed?(instance: InstanceValue): void;
  calling?(instance: InstanceValue, args: CallArguments): void;
  called?(instance: InstanceValue): void;
  entered?(callee: FunctionValue): void;
  /** A function value comes to be: where it is defined, or where its expression is evaluated. */
  made?(value: FunctionValue): void;
  /** The source raises an exception, here and now; a handler may still be around it. */
  raising?(): void;
}

/** One of two sides of a condition, of which only one will run: `pair` is the same object for both. */
export interface Side {
  readonly pair: object;
  readonly isSecond: boolean;
  readonly outer: Side | null;
}

/** One of two sides of a condition, of which only one will run: `pair` is the same object for both. */
export interface Side {
  readonly pair: object;
  readonly isSecond: boolean;
  readonly outer: Side | null;
}

export interface Machine {
  readonly host: SourceHost;
  readonly limits: MachineLimits;
  readonly journal: Journal;
  readonly libraries: readonly Library[];
  readonly semantics: readonly Semantics[];
  readonly units: Map<string, SourceUnit>;
  readonly callSites: CallSite[];
  readonly observers: MachineObserver[];
  /** Folders added to `sys.path`. */
  readonly searchPaths: string[];
  /** State of frameworks, by their own key. */
  readonly extensions: Map<string, unknown>;
  /** Steps left. */
  steps: number;
  depth: number;
  nextId: number;
  context: CallContext;
  /** Semantics of the code that runs at the moment. */
  current: Semantics;
  /** Calls of whole models so far, and whether one runs now: a loop around them is a training loop. */
  modelCalls: number;
  modelDepth: number;
  /** Set while a condition is not known: whatever happens now may not happen. */
  doubt: string | null;
  /** The sides of conditions that are not known, which are run now; null: none. */
  side: Side | null;
}

/** The budget is used up; caught only where an analysis starts. */
export class BudgetExceeded extends Error {}

/** Whether an analysis ended because the source asks for too much: the budget, or the stack, is used up. */
export function isExhausted(error: unknown): boolean {
  return error instanceof BudgetExceeded || (error instanceof RangeError && /call stack/i.test(error.message));
}

export function createMachine(options: {
  readonly host: SourceHost;
  readonly semantics: readonly Semantics[];
  readonly libraries: readonly Library[];
  readonly limits?: Partial<MachineLimits>;
}): Machine {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const [firstSemantics] = options.semantics;
  if (firstSemantics === undefined) throw new Error('A machine needs the semantics of a language.');
  const journal = new Journal();
  journal.joinValues = (left, right, reason) => joinValues(machine, left, right, reason);
  const machine: Machine = {
    host: options.host,
    limits,
    journal,
    libraries: options.libraries,
    semantics: options.semantics,
    units: new Map(),
    callSites: [],
    observers: [],
    searchPaths: [],
    extensions: new Map(),
    steps: limits.steps,
    depth: 0,
    nextId: 1,
    context: undefined as unknown as CallContext,
    current: firstSemantics,
    modelCalls: 0,
    modelDepth: 0,
    doubt: null,
    side: null,
  };
  machine.context = {
    machine,
    journal,
    site: () => currentSite(machine),
    callers: () => currentCallers(machine),
    call: (callee, args) => callValue(machine, callee, args),
    getAttribute: (object, name) => getAttribute(machine, object, name),
    iterate: (value) => iterateValue(machine, value, 'of'),
    truth: (value) => truthOf(machine, value),
  };
  return machine;
}

export function step(machine: Machine, cost = 1): void {
  machine.steps -= cost;
  if (machine.steps < 0) throw new BudgetExceeded('steps');
}

/** A call in a loop records thousands of operators at one place. */
const sites = new WeakMap<SourceUnit, Map<Span, Site>>();

export function siteOf({ unit, span }: CallSite): Site {
  let known = sites.get(unit);
  if (known === undefined) {
    known = new Map();
    sites.set(unit, known);
  }
  let site = known.get(span);
  if (site === undefined) {
    site = unit.lines.siteOf(unit.path, span);
    known.set(span, site);
  }
  return site;
}

function currentSite(machine: Machine): Site {
  const top = machine.callSites[machine.callSites.length - 1];
  return top === undefined ? { file: '', line: 1, column: 0, endLine: 1, endColumn: 0 } : siteOf(top);
}

function currentCallers(machine: Machine): { file: string; line: number }[] {
  return machine.callSites
    .slice(0, -1)
    .reverse()
    .map(({ unit, span }) => ({ file: unit.path, line: unit.lines.lineOf(span.start) }));
}
