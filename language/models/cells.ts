/**
 * Names for the functions and classes at the top of a file that an edit inside of them does not change: the
 * place of the statement, and of the member in a class. Functions inside of functions go by the one around
 * them; what stands anywhere else has no name.
 */
import type { SourceModule, Span } from '../syntax/ast.ts';

export interface Cells {
  idOf(definition: Span): string | null;
}

/** A top-level function or class, or a method of a top-level class. */
export function cellId(statementIdx: number, memberIdx: number | null = null): string {
  return memberIdx === null ? String(statementIdx) : `${statementIdx}.${memberIdx}`;
}

interface Cell extends Span {
  readonly id: string;
}

export function createCells({ body }: SourceModule): Cells {
  const exact = new Map<number, string>();
  const functions: Cell[] = [];
  for (const [idx, statement] of body.entries()) {
    if (statement.kind !== 'functionDefinition' && statement.kind !== 'classDefinition') continue;
    const { definition } = statement;
    exact.set(definition.start, cellId(idx));
    if (statement.kind === 'functionDefinition') functions.push({ id: cellId(idx), ...spanOf(definition) });
    else {
      for (const [memberIdx, member] of statement.definition.body.entries()) {
        if (member.kind !== 'functionDefinition') continue;
        functions.push({ id: cellId(idx, memberIdx), ...spanOf(member.definition) });
      }
    }
  }
  return {
    idOf({ start }) {
      const known = exact.get(start);
      if (known !== undefined) return known;
      let low = 0;
      let high = functions.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((functions[middle]?.start ?? Infinity) <= start) low = middle;
        else high = middle - 1;
      }
      const cell = functions[low];
      return cell !== undefined && cell.start <= start && start < cell.end ? cell.id : null;
    },
  };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
