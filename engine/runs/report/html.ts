/**
 * HTML from trusted markup and untrusted text: in an `html` template every inserted string is escaped, and
 * only markup made here is not. Layer names, file names and messages come from the user's files, so there
 * is no other way in.
 */
import { escapeXml } from '../../../core/format/escapeXml.ts';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Insertable = string | number | Markup | null | readonly Insertable[];

export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  return new Markup(strings.map((part, i) => (i === 0 ? part : asText(values[i - 1] ?? null) + part)).join(''));
}

function asText(value: Insertable): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map((part: Insertable) => asText(part)).join('');
  return escapeXml(String(value));
}
