/**
 * Names in force at a place. Python looks through functions to the module, past class bodies; JavaScript
 * through blocks. Writes go through the journal.
 */
import type { Journal } from './journal.ts';
import { nextBirth } from './journal.ts';
import type { Value } from './values.ts';

export interface Scope {
  readonly kind: 'module' | 'function' | 'class' | 'block';
  readonly parent: Scope | null;
  readonly names: Map<string, Value>;
  /** Python's `global` and `nonlocal` declarations. */
  readonly outer: Map<string, 'global' | 'nonlocal'>;
  readonly birth: number;
}

export function createScope(kind: Scope['kind'], parent: Scope | null): Scope {
  return { kind, parent, names: new Map(), outer: new Map(), birth: nextBirth() };
}

export function lookup(scope: Scope, name: string): Value | undefined {
  let isFirst = true;
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    // A class body's names are visible in the body itself, not in the functions inside it.
    if (current.kind !== 'class' || isFirst) {
      const value = current.names.get(name);
      if (value !== undefined) return value;
    }
    isFirst &&= current.kind === 'block';
  }
  return undefined;
}

/** Python: a name that is assigned to belongs to the function around, unless declared otherwise. */
export function assignLocal(journal: Journal, scope: Scope, name: string, value: Value): void {
  let target = scope;
  while (target.kind === 'block' && target.parent !== null) target = target.parent;
  const declared = target.outer.get(name);
  if (declared === 'global') target = moduleOf(target);
  else if (declared === 'nonlocal') target = ownerOf(target.parent, name) ?? target;
  journal.setEntry(target, target.names, name, value);
}

/** JavaScript: assigns where the name is declared, else in the module. */
export function assignResolved(journal: Journal, scope: Scope, name: string, value: Value): void {
  const target = ownerOf(scope, name) ?? moduleOf(scope);
  journal.setEntry(target, target.names, name, value);
}

/** Declares in exactly this scope. */
export function declare(journal: Journal, scope: Scope, name: string, value: Value): void {
  journal.setEntry(scope, scope.names, name, value);
}

function ownerOf(scope: Scope | null, name: string): Scope | null {
  for (let current = scope; current !== null; current = current.parent) {
    if (current.names.has(name)) return current;
  }
  return null;
}

function moduleOf(scope: Scope): Scope {
  let current = scope;
  while (current.parent !== null) current = current.parent;
  return current;
}
