/** The inlay hints that TypeScript's own service has for one file, all kinds switched on, as editors show them. */
import { dirname } from 'node:path';
import ts from 'typescript';
import type { InlayHint } from 'vscode-languageserver/node';

export const typescriptVersion = ts.version;

export function typescriptHints(file: string, text: string): readonly InlayHint[] {
  const options: ts.CompilerOptions = { allowJs: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const read = (path: string): string | undefined => (path === file ? text : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot(path) {
      const content = read(path);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => dirname(file),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: ts.sys.fileExists,
    readFile: read,
  });
  const hints = service.provideInlayHints(
    file,
    { start: 0, length: text.length },
    {
      includeInlayParameterNameHints: 'all',
      includeInlayParameterNameHintsWhenArgumentMatchesName: true,
      includeInlayFunctionParameterTypeHints: true,
      includeInlayVariableTypeHints: true,
      includeInlayVariableTypeHintsWhenTypeMatchesName: true,
      includeInlayPropertyDeclarationTypeHints: true,
      includeInlayFunctionLikeReturnTypeHints: true,
      includeInlayEnumMemberValueHints: true,
    },
  );
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  service.dispose();
  return hints.map(({ text: label, position }) => ({
    label,
    position: source.getLineAndCharacterOfPosition(position),
  }));
}
