/**
 * Decides cheaply whether a text may define a model, before the language server is started for it: an
 * editor full of ordinary TypeScript must not pay for an analysis that has nothing to say.
 */
/** Their scripts are read (language/syntax/scriptBlocks.ts). */
const pageLanguages = ['html', 'vue', 'svelte'] as const;

export const modelLanguages = [
  'python',
  'typescript',
  'javascript',
  'typescriptreact',
  'javascriptreact',
  ...pageLanguages,
] as const;

/** Imports stand near the top; what is further down is not looked at. Of a page, the scripts may come last. */
export const lookedAtLength = { source: 20_000, page: 200_000 } as const;

const frameworks: Readonly<Record<string, RegExp>> = {
  python: /\b(?:import|from)\s+(?:torch|keras|tensorflow)\b|#\s*slimwise:/,
  script: /['"]@tensorflow\/tfjs(?:-[a-z]+)*['"]|\/\/\s*slimwise:|\btf\.(?:layers|sequential|model)\b/,
};

export function mayDefineModel(languageId: string, text: string): boolean {
  if (!modelLanguages.some((id) => id === languageId)) return false;
  const wanted = frameworks[languageId === 'python' ? 'python' : 'script'];
  return wanted?.test(text.slice(0, lookedAtLength[isPage(languageId) ? 'page' : 'source'])) ?? false;
}

function isPage(languageId: string): boolean {
  return pageLanguages.some((id) => id === languageId);
}
