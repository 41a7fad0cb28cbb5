/**
 * Reads every import of the project and holds it against the rule of ARCHITECTURE.md: which room may
 * import which, and where `vscode` may be named. Also keeps the house's file-size promise.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

type Room = 'core' | 'language' | 'engine' | 'extension' | 'webview' | 'scripts';

/** What each room may import from other rooms, as path prefixes. */
const mayImport: Readonly<Record<Room, readonly string[]>> = {
  core: [],
  language: ['core/'],
  // The engine reads the source of a plan's model; its command line also offers the analysis.
  engine: ['core/', 'language/'],
  // The language server and the engine are reached through processes, and the types of their protocols.
  extension: ['core/'],
  webview: ['core/'],
  scripts: [],
};

/** Files of the engine that may import from language/: one reads models, the others are the command line. */
const enginePlacesForLanguage = [/^engine\/cli\//, /^engine\/session\/(prepareSession|sourceSums)\.ts$/];

const testSupport = filesOnlyTestsImport();

describe('architecture', () => {
  const files = sourceFiles();

  it('finds the project', () => {
    assert.ok(files.length > 50, `only ${files.length} files`);
  });

  it('imports only along the arrows of ARCHITECTURE.md', () => {
    const faults: string[] = [];
    for (const file of files) {
      const room = file.split('/')[0] as Room;
      for (const target of relativeImports(file)) {
        if (target.startsWith(`${room}/`)) continue;
        const allowed =
          isTest(file) && room !== 'webview'
            ? true
            : (mayImport[room] ?? []).some((prefix) => target.startsWith(prefix));
        if (!allowed || target.startsWith('test/')) faults.push(`${file} imports ${target}`);
        if (
          !isTest(file) &&
          room === 'engine' &&
          target.startsWith('language/') &&
          !enginePlacesForLanguage.some((place) => place.test(file))
        ) {
          faults.push(`${file} imports ${target}: only reading a plan's model may`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  it('names vscode only in extension/', () => {
    const faults = files.filter((file) => !file.startsWith('extension/') && packages(file).includes('vscode'));
    assert.deepEqual(faults, []);
  });

  it('keeps core and language free of input, output, clocks and chance, but for the server itself', () => {
    const impure = /\b(Date\.now|Math\.random|console\.\w+|setTimeout|performance\.now)\b/;
    const faults = files.filter((file) => {
      if (isTest(file)) return false;
      if (!file.startsWith('core/') && !(file.startsWith('language/') && !file.startsWith('language/server/')))
        return false;
      return packages(file).some((name) => name.startsWith('node:')) || impure.test(withoutComments(file));
    });
    assert.deepEqual(faults, []);
  });

  it('lets the webview import only lit, uplot and the toolkit, the toolkit in one module', () => {
    const faults: string[] = [];
    for (const file of files.filter((path) => path.startsWith('webview/') && !isTest(path))) {
      for (const name of packages(file)) {
        const known =
          /^(lit|uplot)(\/|$)/.test(name) ||
          (name.startsWith('@vscode/webview-ui-toolkit') && file === 'webview/toolkit.ts');
        if (!known) faults.push(`${file} imports ${name}`);
      }
    }
    assert.deepEqual(faults, []);
  });

  it('writes run folders only from engine/runs', () => {
    const writes = /\b(writeFile|appendFile|rename|mkdir|rm|unlink|createWriteStream)(Sync)?\s*\(/;
    const places = [/^engine\/runs\//, /^engine\/cli\//];
    const faults = files.filter(
      (file) =>
        file.startsWith('engine/') &&
        !isTest(file) &&
        !places.some((place) => place.test(file)) &&
        writes.test(withoutComments(file)),
    );
    assert.deepEqual(faults, []);
  });
});

function sourceFiles(): string[] {
  const rooms: readonly Room[] = ['core', 'language', 'engine', 'extension', 'webview', 'scripts'];
  return rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((path) => posix.join(room, path.split(sep).join('/')))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.includes('/assembly/')),
  );
}

/** A test, or a file that only tests import: fixtures, toy projects, twins. */
function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || testSupport.has(file);
}

function filesOnlyTestsImport(): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const file of sourceFiles()) {
    for (const target of relativeImports(file)) importers.set(target, [...(importers.get(target) ?? []), file]);
  }
  const found = new Set<string>();
  for (let grew = true; grew;) {
    grew = false;
    for (const [file, from] of importers) {
      if (found.has(file) || !from.every((importer) => importer.endsWith('.test.ts') || found.has(importer))) continue;
      found.add(file);
      grew = true;
    }
  }
  return found;
}

function specifiers(file: string): string[] {
  const text = withoutComments(file);
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

function relativeImports(file: string): string[] {
  return specifiers(file)
    .filter((name) => name.startsWith('.'))
    .map((name) =>
      relative(root, join(root, dirname(file), name))
        .split(sep)
        .join('/'),
    );
}

function packages(file: string): string[] {
  return specifiers(file).filter((name) => !name.startsWith('.'));
}

function withoutComments(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}
