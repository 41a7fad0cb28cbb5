/**
 * The cells of a notebook as one Python text, in the order of the document, and the way back from its lines
 * to the cells'. Every line keeps its columns. What is not Python is passed over without shifting anything:
 * magics (`%`, `!`, `?`) become `pass`, cells in another language are empty lines, and a statement that a
 * cell leaves open does not run on into the next cell.
 */
import { scanLine } from '../syntax/pythonChunks.ts';

export interface CellPlace {
  /** 0-based, among the cells that were given. */
  readonly cellIdx: number;
  /** 1-based, within the cell. */
  readonly line: number;
}

export interface JoinedCells {
  readonly text: string;
  /** Where a line of the text (1-based) stands; the line between two cells belongs to the first. */
  placeOf(line: number): CellPlace;
  /** The line of the text that is a cell's first. */
  firstLineOf(cellIdx: number): number;
  nLinesOf(cellIdx: number): number;
}

export function joinCells(cells: readonly string[]): JoinedCells {
  const texts = cells.map((cell) => pythonOf(cell));
  const starts: number[] = [];
  let nLines = 0;
  for (const lines of texts) {
    starts.push(nLines + 1);
    nLines += lines.length + 1;
  }
  const nLinesOf = (cellIdx: number): number => texts[cellIdx]?.length ?? 0;
  return {
    // An empty line between cells: a backslash at a cell's end joins nothing.
    text: texts.map((lines) => `${lines.join('\n')}\n`).join('\n'),
    firstLineOf: (cellIdx) => starts[cellIdx] ?? 1,
    nLinesOf,
    placeOf(line) {
      let cellIdx = 0;
      while (cellIdx + 1 < starts.length && (starts[cellIdx + 1] ?? Infinity) <= line) cellIdx++;
      const inside = line - (starts[cellIdx] ?? 1) + 1;
      return { cellIdx, line: Math.max(1, Math.min(inside, nLinesOf(cellIdx))) };
    },
  };
}

/** Cell magics that run the rest of their cell as Python. */
const pythonMagics: ReadonlySet<string> = new Set([
  'time',
  'timeit',
  'capture',
  'prun',
  'python',
  'python3',
  'pypy',
  'local',
]);
const lineEnd = /\r\n|\r|\n/;

/** The lines of a cell, each as it is or as Python that does nothing in its place. */
function pythonOf(cell: string): readonly string[] {
  const lines = cell.split(lineEnd);
  const magic = /^\s*%%(\w+)/.exec(cell)?.[1];
  if (magic !== undefined && !pythonMagics.has(magic)) return lines.map(() => '');
  const text = lines.join('\n');
  const result = [...lines];
  let lineIdx = 0;
  let statementIdx = 0;
  let depth = 0;
  let isContinued = false;
  let isMagic = false;
  for (let at = 0; at < text.length;) {
    const line = lines[lineIdx] ?? '';
    const isStart = depth === 0 && !isContinued;
    if (isStart) statementIdx = lineIdx;
    isMagic = isStart ? isMagicLine(line) : isMagic && depth === 0;
    const assigned = isStart ? /^([\s\w.,]+=\s*)[!%]/.exec(line)?.[1] : undefined;
    if (isMagic || assigned !== undefined) {
      const indent = /^\s*/.exec(line)?.[0] ?? '';
      result[lineIdx] = isStart ? (assigned === undefined ? `${indent}pass` : `${assigned}_`) : '';
      isMagic = true;
      isContinued = line.endsWith('\\');
      at += line.length + 1;
      lineIdx++;
      continue;
    }
    const scanned = scanLine(text, at, depth);
    ({ depth, isContinued } = scanned);
    lineIdx += text.slice(at, scanned.end).split('\n').length - 1;
    at = scanned.end;
  }
  if (depth > 0) result.fill('', statementIdx);
  return result;
}

function isMagicLine(line: string): boolean {
  return /^\s*[%!?]/.test(line) || /^\s*[\w.]+\s*\?{1,2}\s*$/.test(line);
}
