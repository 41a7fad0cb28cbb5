/**
 * A dotted name that may be broken after its dots and underscores, and nowhere else: module paths are long,
 * and a line break inside a word would look like another name.
 */
import { html, type TemplateResult } from 'lit';

export function breakable(name: string): readonly TemplateResult[] {
  return name.split(/(?<=[._/])/).map((part) => html`${part}<wbr />`);
}
