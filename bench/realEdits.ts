/**
 * Edits as people make them, of a file that the benchmark has never seen: a digit of a layer, a character in a
 * training function, a comment, a line in a constructor, a line of the script part. Each comes with the edit
 * that takes it back, so that the file stays what it is. Found by the text alone, the same ones every time.
 */
import type { Edit } from './timedServer.ts';

export const editKinds = ['layer', 'function', 'comment', 'constructor', 'script'] as const;
export type EditKind = (typeof editKinds)[number];

export interface RealEdit {
  readonly kind: EditKind;
  readonly there: Edit;
  readonly back: Edit;
}

/** Up to `nPerKind` edits of each kind, spread over the file; `hintedLines` are those where layers are built. */
export function realEdits(text: string, hintedLines: readonly number[], nPerKind: number): readonly RealEdit[] {
  const lines = text.split(/\r\n|\r|\n/);
  const isPython = !/^\s*(import .* from ['"]|const |let |var |export |function )/m.test(text);
  const hinted = new Set(hintedLines);
  const inside = functionNames(lines, isPython);
  const digits = [...hinted].filter((line) => /[(,=]\s*\d/.test(lines[line] ?? ''));
  const work = lines.flatMap((line, lineIdx) =>
    /^(train|fit|run|main|step|loop|sample|eval|test|optimi|loss|plot|save|forward|call)/i.test(
      inside[lineIdx] ?? '',
    ) &&
    /^\s+[\w.]+.*[\w)]$/.test(line) &&
    !hinted.has(lineIdx)
      ? [lineIdx]
      : [],
  );
  const comments = lines.flatMap((line, lineIdx) => (/^\s*(#|\/\/)\s*\w/.test(line) ? [lineIdx] : []));
  const constructors = lines.flatMap((line, lineIdx) =>
    (inside[lineIdx] === '__init__' || inside[lineIdx] === 'constructor') &&
    /^\s+(self|this)\.\w+ = [^()[\]{}]*;?$/.test(line)
      ? [lineIdx]
      : [],
  );
  const script = lines.flatMap((line, lineIdx) =>
    inside[lineIdx] === null && /^[a-z_]\w*(\.\w+)* ?[=(].*\)?$/.test(line) ? [lineIdx] : [],
  );
  const marker = isPython ? '#' : '//';
  const anyLine = lines.flatMap((line, lineIdx) => (/^\s+\S/.test(line) ? [lineIdx] : []));
  return [
    ...spread(digits, nPerKind).map((line) => digitEdit(lines, line)),
    ...spread(work, nPerKind).map((line) => typed('function', lines, line, '0')),
    ...spread(comments.length > 0 ? comments : anyLine, nPerKind).map((line) =>
      typed('comment', lines, line, comments.length > 0 ? 'x' : `  ${marker} x`),
    ),
    ...spread(constructors, nPerKind).map((line) => newLine('constructor', lines, line, isPython)),
    ...spread(script, nPerKind).map((line) => newLine('script', lines, line, isPython)),
  ];
}

/** The function that each line stands in, by indentation or by braces at the margin; null: in none. */
function functionNames(lines: readonly string[], isPython: boolean): readonly (string | null)[] {
  const open: { readonly indent: number; readonly name: string }[] = [];
  return lines.map((line) => {
    const indent = line.search(/\S/);
    if (indent < 0) return open.at(-1)?.name ?? null;
    while (open.length > 0 && indent <= (open.at(-1)?.indent ?? -1) && !/^\s*[)}\]]/.test(line)) open.pop();
    const name = isPython
      ? /^\s*(?:async )?def (\w+)/.exec(line)?.[1]
      : /^\s*(?:export )?(?:async )?(?:function\*? )?(?!if|for|while|switch|catch|return|else)(\w+)\s*\([^;]*\{\s*$/.exec(
          line,
        )?.[1];
    if (name !== undefined) open.push({ indent, name });
    if (/^class \w|^\s+class \w/.test(line)) open.push({ indent, name: 'class' });
    return open.at(-1)?.name ?? null;
  });
}

function digitEdit(lines: readonly string[], line: number): RealEdit {
  const match = /[(,=]\s*(\d)/.exec(lines[line] ?? '');
  const character = (match?.index ?? 0) + (match?.[0].length ?? 1) - 1;
  const digit = match?.[1] ?? '1';
  const range = { start: { line, character }, end: { line, character: character + 1 } };
  const other = digit === '9' ? '8' : String(Number(digit) + 1);
  return { kind: 'layer', there: { range, text: other }, back: { range, text: digit } };
}

/** A few characters at the end of a line, before the brackets that close there. */
function typed(kind: EditKind, lines: readonly string[], line: number, text: string): RealEdit {
  const character = (lines[line] ?? '').replace(kind === 'function' ? /\)+$/ : /$/, '').length;
  const start = { line, character };
  const there = { range: { start, end: start }, text };
  return { kind, there, back: { range: { start, end: { line, character: character + text.length } }, text: '' } };
}

/** A statement behind a line, as indented as that one. */
function newLine(kind: EditKind, lines: readonly string[], line: number, isPython: boolean): RealEdit {
  const before = lines[line] ?? '';
  const indent = /^\s*/.exec(before)?.[0] ?? '';
  const statement =
    kind === 'constructor' ? `${isPython ? 'self' : 'this'}.note = 3` : isPython ? 'note = 3' : 'const note3 = 3';
  const start = { line, character: before.length };
  const added = `\n${indent}${statement}`;
  const end = { line: line + 1, character: added.length - 1 };
  return {
    kind,
    there: { range: { start, end: start }, text: added },
    back: { range: { start, end }, text: '' },
  };
}

function spread(lines: readonly number[], count: number): readonly number[] {
  if (lines.length <= count) return lines;
  return Array.from({ length: count }, (_unused, idx) => lines[Math.floor(((idx + 0.5) * lines.length) / count)] ?? 0);
}
