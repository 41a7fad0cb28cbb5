/** What the truth says of how a model of the corpus is built and fed, as the analysis is told it. */
import type { AnalyzeOptions } from '../language/analyze.ts';
import type { TruthEntry, TruthFile } from './corpusScore.ts';

/** Constructor and inputs. A remark such as `// numClasses=10` is a property set before. */
export function hintsOf(facts: TruthFile, entry: TruthEntry): AnalyzeOptions {
  const written = /\(/.test(entry.ctor) && !/ args$/.test(entry.ctor) ? entry.ctor : entry.class;
  if (!/\(/.test(written)) return {};
  const remarks = facts.entries.flatMap(({ ctor }) => [
    ...(/\/\/(.*)$/.exec(ctor)?.[1] ?? '').matchAll(/(\w+)=(\d+)/g),
  ]);
  const properties = remarks.map(([, name, value]) => `${name}: ${value}`).join(', ');
  const constructor = written.replace(/\s*\/\/.*$/, '').replace(/=none\b/g, "='none'");
  const expression =
    properties === ''
      ? constructor
      : constructor.replace(/^new \w+\(\)/, (made) => `Object.assign(${made}, {${properties}})`);
  const { inputs } = entry;
  return { entries: [expression], ...(inputs === undefined ? {} : { inputs }) };
}
