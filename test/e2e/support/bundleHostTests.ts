/**
 * Bundles test/host for an extension host: CommonJS, with VS Code's module and mocha left outside.
 */
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.ts';

export async function bundleHostTests(outdir: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const folder = join(repository, 'test', 'host');
  await build({
    entryPoints: readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}
