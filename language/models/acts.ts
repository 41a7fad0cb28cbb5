/**
 * What one analysis of a file did, act by act: each function that was explored and each class that was built,
 * with the functions that ran in it and the classes it showed. With the record of the analysis before, the
 * acts that an edit cannot have changed are passed over, and what they gave is taken from the record
 * (language/incremental). Where passing over would not be safe, the record is given up or `RecordLost` is
 * thrown, and everything is analysed; the result is never another one than a fresh analysis gives.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { recorderOf } from '../frameworks/recorder.ts';
import { nextBirth } from '../interpreter/journal.ts';
import type { ClassValue, InstanceValue } from '../interpreter/values.ts';
import type { Span } from '../syntax/ast.ts';
import { createCells, type Cells } from './cells.ts';
import { reachableObjects } from './reachableObjects.ts';
import type { Scene } from './followScripts.ts';

export interface Act {
  /** `explore 3` or `build 3`: with the id of the function or class (cells.ts). */
  readonly key: string;
  /** Functions that ran. */
  readonly entered: ReadonlySet<string>;
  /** Classes that it constructed as models of their own. */
  readonly roots: ReadonlySet<string>;
  /** Classes of which it made the first object. */
  readonly helpers: ReadonlySet<string>;
  readonly nSteps: number;
  /** It changed what was there before it, or made what another act used: then it is never passed over. */
  isShared: boolean;
}

export interface AnalysisRecord {
  /** Functions that ran while the file was loaded. */
  readonly loaded: ReadonlySet<string>;
  readonly acts: ReadonlyMap<string, Act>;
  readonly classes: ReadonlyMap<string, KnownClass>;
}

export interface KnownClass {
  readonly name: string;
  /** It was seen built and fed with all that must be known. */
  readonly isShown: boolean;
  /** None: it is a part of another model. */
  readonly graph: ModelGraph | null;
}

/** What is to be done again, and what is known of the rest. */
export interface Focus {
  readonly record: AnalysisRecord;
  /** Keys of acts to run; others of the record are passed over. */
  readonly run: ReadonlySet<string>;
  /** Keys of acts that may end differently than before. */
  readonly affected: ReadonlySet<string>;
  /** Classes to look at anew. */
  readonly classes: ReadonlySet<string>;
}

/** The edit reached further than was thought: analyse everything. */
export class RecordLost extends Error {}

interface Running {
  readonly key: string;
  readonly birth: number;
  readonly entered: Set<string>;
  readonly nConstructions: number;
  readonly helpersBefore: number;
  readonly steps: number;
  isShared: boolean;
}

/** Nodes and constructions are capped in the analysis: a file that comes near has acts that depend on each other. */
const maxNodes = 40_000;
const maxConstructions = 2_500;

export class ActLog {
  readonly #focus: Focus | null;
  readonly #acts = new Map<string, Act>();
  readonly #births: { readonly key: string; readonly from: number; readonly to: number }[] = [];
  readonly #passedEntered = new Set<string>();
  readonly #passedHelpers = new Set<string>();
  readonly #classes = new Map<string, KnownClass>();
  readonly #loaded = new Set<string>();
  #scene: Scene | null = null;
  #cells: Cells | null = null;
  #running: Running | null = null;
  #isLost = false;

  constructor(focus: Focus | null) {
    this.#focus = focus;
  }

  /** After the file was loaded. */
  begin(scene: Scene): void {
    const { machine, unit, evidence, isIncomplete } = scene;
    if (isIncomplete) return this.giveUp();
    this.#scene = scene;
    const cells = createCells(unit.module);
    this.#cells = cells;
    for (const definition of evidence.entered) this.#enter(definition, this.#loaded);
    machine.observers.push({
      entered: ({ definition, unit: { path } }) => {
        if (this.#running !== null && path === unit.path) this.#enter(definition, this.#running.entered);
      },
    });
    const older = reachableObjects(machine);
    if (older === null) return this.giveUp();
    machine.journal.onChange = (owner) => {
      const running = this.#running;
      if (running === null || running.isShared) return;
      if ('birth' in owner ? (owner.birth as number) <= running.birth : older.has(owner)) running.isShared = true;
    };
  }

  /** What was done cannot be told apart: nothing is recorded, and nothing may have been passed over. */
  giveUp(): void {
    this.#isLost = true;
    if (this.#focus !== null) throw new RecordLost();
  }

  /** The record, where there is one that the next analysis can rely on. */
  end(): AnalysisRecord | null {
    const { evidence, machine } = this.#scene ?? {};
    if (this.#isLost || evidence === undefined || machine === undefined) return null;
    if (recorderOf(machine).nodes.length > maxNodes || evidence.constructions.length > maxConstructions) return null;
    const record = { loaded: this.#loaded, acts: this.#acts, classes: this.#classes };
    if (this.#focus !== null) checkFocus(this.#focus, record);
    return record;
  }

  wasEntered(definition: Span): boolean {
    return this.#passedEntered.has(this.#idOf(definition) ?? '');
  }

  explore(definition: Span, work: () => void): void {
    const id = this.#idOf(definition);
    if (id === null) {
      this.giveUp();
      return work();
    }
    const key = `explore ${id}`;
    const known = this.#focus?.run.has(key) === false ? this.#focus.record.acts.get(key) : undefined;
    if (known !== undefined) this.#pass(known);
    else this.#run(key, work);
  }

  /** An object that an exploration goes on with. */
  uses({ birth }: InstanceValue): void {
    const maker = this.#births.find(({ from, to }) => from < birth && birth <= to);
    const act = maker === undefined ? undefined : this.#acts.get(maker.key);
    if (act !== undefined) act.isShared = true;
  }

  /** Before an exploration makes an object itself. */
  needs({ definition }: ClassValue): void {
    const id = this.#idOf(definition);
    if (id !== null && this.#passedHelpers.has(id)) this.giveUp();
  }

  /** What is known of a class that need not be looked at; null: look. */
  known({ definition }: ClassValue): KnownClass | null {
    const id = this.#idOf(definition);
    if (this.#focus === null || id === null || this.#focus.classes.has(id)) return null;
    return this.#focus.record.classes.get(id) ?? null;
  }

  build(cls: ClassValue, isShown: boolean, work: () => ModelGraph | null): ModelGraph | null {
    const id = this.#idOf(cls.definition);
    const known = this.known(cls);
    if (id === null) {
      this.giveUp();
      return work();
    }
    const key = `build ${id}`;
    const before = this.#focus?.record.acts.get(key);
    if (known !== null) {
      if (before !== undefined) this.#acts.set(key, before);
      this.#classes.set(id, known);
      return known.graph;
    }
    let graph: ModelGraph | null = null;
    this.#run(key, () => {
      graph = work();
    });
    this.#classes.set(id, { name: cls.name, isShown, graph });
    return graph;
  }

  #pass(act: Act): void {
    this.#acts.set(act.key, act);
    for (const id of act.entered) this.#passedEntered.add(id);
    for (const id of act.helpers) this.#passedHelpers.add(id);
    const machine = this.#scene?.machine;
    if (machine !== undefined) machine.steps -= act.nSteps;
  }

  #run(key: string, work: () => void): void {
    const scene = this.#scene;
    if (scene === null || this.#isLost) return work();
    const { machine, evidence } = scene;
    const running: Running = {
      key,
      birth: nextBirth(),
      entered: new Set(),
      nConstructions: evidence.constructions.length,
      helpersBefore: evidence.helpers.size,
      steps: machine.steps,
      isShared: false,
    };
    this.#running = running;
    try {
      work();
    } catch (error) {
      this.#running = null;
      this.giveUp();
      throw error;
    }
    this.#running = null;
    const ids = (definitions: readonly object[]): Set<string> =>
      new Set(definitions.flatMap((definition) => this.#idOf(definition as Span) ?? []));
    const roots = evidence.constructions
      .slice(running.nConstructions)
      .filter(({ isPart, instance }) => !isPart && instance.class.unit === scene.unit)
      .map(({ instance }) => instance.class.definition);
    this.#births.push({ key, from: running.birth, to: nextBirth() });
    this.#acts.set(key, {
      key,
      entered: running.entered,
      roots: ids(roots),
      helpers: ids([...evidence.helpers.keys()].slice(running.helpersBefore)),
      nSteps: Math.max(0, running.steps - machine.steps),
      isShared: running.isShared,
    });
  }

  #enter(definition: object, into: Set<string>): void {
    const id = this.#idOf(definition as Span);
    if (id !== null) into.add(id);
  }

  #idOf(definition: Span): string | null {
    return this.#cells?.idOf(definition) ?? null;
  }
}

/** After the fact: nothing showed a class, or changed anything, that was passed over. */
function checkFocus({ record, affected, classes }: Focus, now: AnalysisRecord): void {
  const lost = (act: Act): boolean => [...act.roots].some((id) => !classes.has(id));
  for (const [key, act] of now.acts) {
    const before = record.acts.get(key);
    if (before === act) continue;
    const mayDiffer = affected.has(key) || before === undefined;
    if (mayDiffer && (act.isShared || lost(act))) throw new RecordLost();
  }
  for (const [key, act] of record.acts) {
    if (now.acts.has(key)) continue;
    if (act.isShared || lost(act)) throw new RecordLost();
  }
}
