/**
 * Edits that are known, as a unified diff: each edited stretch of lines with three lines around it, neighbours
 * joined. Nothing is compared; what changed is what the edits say.
 */
import { editedText, type CreatedFile, type TextEdit } from '../../language/edits/textEdit.ts';

const nAround = 3;

/** The diff of one file; empty where no edit concerns it. */
export function unifiedDiff(file: string, text: string, edits: readonly TextEdit[]): string {
  const own = edits.filter((edit) => edit.file === file).sort((a, b) => a.start - b.start || a.end - b.end);
  if (own.length === 0) return '';
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)].filter((at) => at < text.length);
  const lineAt = (offset: number): number => {
    let line = 0;
    while (line + 1 < lineStarts.length && (lineStarts[line + 1] ?? 0) <= offset) line++;
    return line;
  };
  /** Stretches of whole lines, [from, to). */
  const stretches: { from: number; to: number }[] = [];
  for (const { start, end } of own) {
    const from = lineAt(start);
    // An insertion at a line's start comes before that line and leaves it as it is.
    const isBetween = start === end && lineStarts[from] === start;
    const to = isBetween ? from : lineAt(Math.max(start, end - 1)) + 1;
    const last = stretches[stretches.length - 1];
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  const lines = linesOf(text);
  const out = [`--- a/${file}`, `+++ b/${file}`];
  let grown = 0;
  for (const group of grouped(stretches)) {
    const from = Math.max(0, (group[0]?.from ?? 0) - nAround);
    const to = Math.min(lines.length, (group[group.length - 1]?.to ?? 0) + nAround);
    const body: string[] = [];
    let at = from;
    let nNew = 0;
    for (const stretch of group) {
      for (; at < stretch.from; at++, nNew++) body.push(` ${lines[at] ?? ''}`);
      const replaced = replacement(text, own, stretch, lineStarts);
      for (; at < stretch.to; at++) body.push(`-${lines[at] ?? ''}`);
      for (const line of replaced) body.push(`+${line}`);
      nNew += replaced.length;
    }
    for (; at < to; at++, nNew++) body.push(` ${lines[at] ?? ''}`);
    out.push(`@@ -${from + 1},${to - from} +${from + 1 + grown},${nNew} @@`, ...body);
    grown += nNew - (to - from);
  }
  return `${out.join('\n')}\n`;
}

export function createdDiff({ file, text }: CreatedFile): string {
  const lines = linesOf(text);
  return [
    `--- /dev/null`,
    `+++ b/${file}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map((line) => `+${line}`),
    '',
  ].join('\n');
}

/** The new lines of a stretch. */
function replacement(
  text: string,
  edits: readonly TextEdit[],
  { from, to }: { readonly from: number; readonly to: number },
  lineStarts: readonly number[],
): readonly string[] {
  const start = lineStarts[from] ?? text.length;
  const end = lineStarts[to] ?? text.length;
  const inside = edits
    .filter(
      (edit) => start <= edit.start && (edit.end < end || (edit.end === end && (from < to || edit.start === start))),
    )
    .map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  return linesOf(editedText(text.slice(start, end), inside[0]?.file ?? '', inside));
}

function grouped(stretches: readonly { from: number; to: number }[]): { from: number; to: number }[][] {
  const groups: { from: number; to: number }[][] = [];
  for (const stretch of stretches) {
    const last = groups[groups.length - 1];
    const end = last?.[last.length - 1]?.to;
    if (last !== undefined && end !== undefined && stretch.from - end <= 2 * nAround) last.push(stretch);
    else groups.push([stretch]);
  }
  return groups;
}

/** Without a last empty line after a final line end. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines[lines.length - 1] === '' ? lines.slice(0, -1) : lines;
}
