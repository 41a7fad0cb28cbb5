// `npm run code`: the sample in VS Code with the extension. The user's own `code` where there is one,
// else the workbench from npm, served on this machine; its address is printed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installDependencies, root, runNode } from './install.mjs';

installDependencies();
const sample = join(root, 'samples', 'dcgan');
const windows = process.platform === 'win32';
const own = spawnSync('code', ['--version'], { shell: windows, encoding: 'utf8' });
if (own.status === 0 && !process.argv.includes('--served')) {
  runNode(['scripts/build.mjs']);
  console.log(`Opening ${sample} in VS Code ${own.stdout.split('\n')[0]}…`);
  const { status } = spawnSync(
    'code',
    ['--new-window', `--extensionDevelopmentPath=${root}`, sample, join(sample, 'dcgan_torch.py')],
    {
      stdio: 'inherit',
      shell: windows,
    },
  );
  process.exit(status ?? 1);
}
console.log('No `code` command found: serving VS Code from npm instead.');
runNode(['--import', 'tsx', 'scripts/workbench/serveSample.ts']);
