// `npm start`: the main job on the embedded sample, from a fresh clone to a report.
import { installDependencies, root, runNode } from './install.mjs';
import { join } from 'node:path';

installDependencies();
console.log('Building…');
runNode(['scripts/build.mjs']);

const cli = join(root, 'bin', 'slimwise.mjs');
console.log('\nThe sample generator, as the editor sees it:\n');
runNode([cli, 'analyze', 'samples/dcgan/dcgan_torch.py']);
console.log('\nWise binarization (Algorithm 1) on 10,000 real images:\n');
runNode([cli, 'run', 'samples/dcgan/slimwise.json', ...process.argv.slice(2)]);
console.log(`
Next: \`npm run code\` opens the sample in VS Code with the extension.
Draw from the compressed generator: npx slimwise generate <run>/model.safetensors --out grid.png`);
