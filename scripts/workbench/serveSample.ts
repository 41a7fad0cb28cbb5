/**
 * The second half of `npm run code` where there is no VS Code of the user's own: packages the extension,
 * installs it into the workbench from npm and serves the sample until Ctrl-C.
 */
import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installWorkbench } from './installWorkbench.ts';
import { serveWorkbench, workbenchUrl } from './serveWorkbench.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const vsix = join(root, 'out', 'slimwise-code.vsix');

async function serveSample(): Promise<void> {
  execFileSync(process.execPath, [join(root, 'scripts', 'package.mjs'), '--out', vsix], { stdio: 'inherit' });
  const workbench = installWorkbench((line) => console.log(line));
  const served = await serveWorkbench({ workbench, stateFolder: join(homedir(), '.cache', 'slimwise', 'code'), vsix });
  const sample = join(root, 'samples', 'dcgan');
  console.log(
    `\nVS Code ${workbench.version} with Slimwise, on the sample:\n\n  ${workbenchUrl(served, sample, [join(sample, 'dcgan_torch.py')])}\n\nCtrl-C ends it.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      served.stop();
      process.exit(0);
    });
  }
}

await serveSample();
