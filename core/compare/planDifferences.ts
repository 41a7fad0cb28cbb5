/**
 * Where the plans of several runs differ: one line per field, with every run's value as it stands in its plan.
 * Objects are followed into, lists of stages by their ids, so that a stage that one plan has in another place
 * is compared with its namesake. Plans are data from disk: anything may be in them.
 */
export interface PlanDifference {
  /** `train.steps`, `stages.find.repetitions`. */
  readonly field: string;
  /** One per plan, as JSON; `–` where a plan has no such field. */
  readonly values: readonly string[];
}

const absent = '–';
const ignored: ReadonlySet<string> = new Set(['$schema', 'name']);
const deepest = 12;
const longestValue = 120;

export function planDifferences(plans: readonly unknown[]): readonly PlanDifference[] {
  const flat = plans.map((plan) => {
    const fields = new Map<string, string>();
    flatten(plan, '', 0, fields);
    return fields;
  });
  const names = [...new Set(flat.flatMap((fields) => [...fields.keys()]))];
  const differences = names
    .map((field) => ({ field, values: flat.map((fields) => fields.get(field) ?? absent) }))
    .filter(({ field, values }) => !ignored.has(field) && new Set(values).size > 1);
  return stagesOfSome(differences, flat);
}

/** A stage that only some of the plans have is one line: its family, and how much there is to it. */
function stagesOfSome(
  differences: readonly PlanDifference[],
  flat: readonly ReadonlyMap<string, string>[],
): readonly PlanDifference[] {
  const lines = new Map<string, PlanDifference>();
  for (const difference of differences) {
    const stage = /^stages\.[^.]+/.exec(difference.field)?.[0];
    const inside = (fields: ReadonlyMap<string, string>): readonly string[] =>
      [...fields.keys()].filter((field) => field.startsWith(`${stage ?? ''}.`));
    const everywhere = stage === undefined || flat.every((fields) => inside(fields).length > 0);
    if (everywhere) lines.set(difference.field, difference);
    else {
      const values = flat.map((fields) => {
        const count = inside(fields).length;
        return count === 0 ? absent : `${fields.get(`${stage}.family`) ?? 'a stage'}, ${count} fields`;
      });
      lines.set(stage, { field: stage, values });
    }
  }
  return [...lines.values()];
}

function flatten(value: unknown, path: string, depth: number, into: Map<string, string>): void {
  if (depth < deepest && Array.isArray(value) && value.some((item) => isRecord(item))) {
    value.forEach((item: unknown, i) => {
      const id = isRecord(item) && typeof item['id'] === 'string' ? item['id'] : String(i);
      flatten(item, join(path, id), depth + 1, into);
    });
    return;
  }
  if (depth < deepest && isRecord(value)) {
    for (const [name, inside] of Object.entries(value)) flatten(inside, join(path, name), depth + 1, into);
    return;
  }
  const text = JSON.stringify(value) ?? absent;
  into.set(path, text.length > longestValue ? `${text.slice(0, longestValue)}…` : text);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
