/**
 * Which of a file's models the status bar and the Models tree are about: the one the cursor is in, else
 * the generator, else the first. Pure; lines are 1-based as in the report.
 */
import type { ModelReport } from '../../core/report/analyzeReport.ts';

/** In a notebook a place has a cell, and its lines count within that. */
export interface CursorPlace {
  readonly cell?: number;
  readonly line: number;
}

export function pickModel(models: readonly ModelReport[], cursor: CursorPlace | null): ModelReport | null {
  const here = cursor === null ? null : modelAt(models, cursor);
  return here ?? models.find((model) => roleOf(model) === 'generator') ?? models[0] ?? null;
}

export type Role = 'generator' | 'discriminator' | 'other';

/** By the names people give them; nothing depends on it but labels and defaults. */
export function roleOf({ name }: Pick<ModelReport, 'name'>): Role {
  if (/disc|critic|^(?:net)?_?d$/i.test(name)) return 'discriminator';
  if (/gen|decoder|^(?:net)?_?g$/i.test(name)) return 'generator';
  return 'other';
}

/** `G`, `D`, or the model's own name, cut so that the status bar stays short. */
export function shortName(model: Pick<ModelReport, 'name'>): string {
  const role = roleOf(model);
  if (role === 'generator') return 'G';
  if (role === 'discriminator') return 'D';
  return model.name.length <= 16 ? model.name : `${model.name.slice(0, 15)}…`;
}

/** The model whose class starts last before the line, if the line is within its class or a layer of it. */
function modelAt(models: readonly ModelReport[], { cell, line }: CursorPlace): ModelReport | null {
  const within = models.filter((model) => {
    if (model.cell !== cell) return false;
    const own = model.layers.filter((layer) => layer.file === model.file && layer.cell === cell);
    const lines = own.map(({ endLine }) => endLine);
    return model.line <= line && line <= Math.max(model.line, ...lines);
  });
  return within.reduce<ModelReport | null>(
    (best, model) => (best === null || best.line < model.line ? model : best),
    null,
  );
}
