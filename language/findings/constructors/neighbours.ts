/**
 * What other files may do to a class of this one: a script that sets `model.width = 64` on the module or on the
 * class, or a subclass that brings the attribute. Text search in the files around, as for the scripts that use a
 * model; asked only where a finding would stand, and in doubt the answer is that they may.
 */
import { nearbyFiles } from '../../models/drivers.ts';
import type { SourceHost } from '../../sourceHost.ts';

const maxFiles = 150;

/** Another file sets `anything.name`, or passes the name to `setattr`. */
export function maySetElsewhere(host: SourceHost, file: string, name: string): boolean {
  const set = new RegExp(`\\.\\s*${name}\\s*(?::[^=\\n]*)?=(?!=)|['"]${name}['"]`);
  return anyFile(host, file, (text) => text.includes(name) && set.test(text));
}

export function isExtendedElsewhere(host: SourceHost, file: string, className: string): boolean {
  const extended = new RegExp(`class\\s+\\w+\\s*\\([^)]*\\b${className}\\b`);
  return anyFile(host, file, (text) => text.includes(className) && extended.test(text));
}

function anyFile(host: SourceHost, file: string, test: (text: string) => boolean): boolean {
  let nRead = 0;
  for (const path of nearbyFiles(host, file)) {
    if (nRead++ >= maxFiles) return true;
    const text = host.read(path);
    if (text !== null && test(text)) return true;
  }
  return false;
}
