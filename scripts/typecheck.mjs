// Type-checks every project (the native compiler; the other `typescript` is there for the linter's API).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packageRoot = join(root, 'node_modules', '@typescript', 'native');
const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const tsc = join(packageRoot, bin.tsc);

let failed = false;
for (const project of ['tsconfig.json', 'webview/tsconfig.json']) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, project)], { stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
