/**
 * Folders written to hurt, made in a temporary place for `bench:corpus -- --robust`: a model beside links that
 * lead in circles and nowhere, twenty thousand neighbours, folders named like files, a text of 3 MB, a binary
 * file and UTF-16. Answers the folder and what to read there; the caller removes it.
 */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const model = `import torch, torch.nn as nn
from other import width
class Net(nn.Module):
    def __init__(self, n=width):
        super().__init__()
        self.a = nn.Conv2d(3, n, 3)
    def forward(self, x):
        return self.a(x)
`;

export interface HostileFolder {
  readonly root: string;
  readonly paths: readonly string[];
}

export function makeHostileFolder(): HostileFolder {
  const root = mkdtempSync(join(tmpdir(), 'slimwise-robust-'));
  const folder = (...parts: string[]): string => {
    const path = join(root, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(root, path), text);
  folder('links');
  write('links/net.py', model);
  symlinkSync('.', join(root, 'links', 'loop'));
  symlinkSync('..', join(root, 'links', 'up'));
  symlinkSync('other.py', join(root, 'links', 'other.py'));
  symlinkSync('nowhere.py', join(root, 'links', 'train.py'));
  folder('crowd');
  write('crowd/net.py', model);
  for (let idx = 0; idx < 20_000; idx++) write(`crowd/part${idx}.py`, `width = ${idx}\n`);
  folder('disguise', 'other.py');
  folder('disguise', 'net.py.d');
  write('disguise/net.py', model);
  write('disguise/train.py', `from net import Net\nx = '${'a'.repeat(3_000_000)}'\nNet()\n`);
  let deep = 'deep';
  for (let idx = 0; idx < 40; idx++) deep += `/d${idx}`;
  folder(deep);
  write(`${deep}/net.py`, model);
  write('utf16.py', Buffer.from(`\uFEFF${model}`, 'utf16le'));
  write(
    'binary.py',
    Uint8Array.from({ length: 300_000 }, (_unused, idx) => (idx * 7919) % 256),
  );
  write('empty.py', '');
  const paths = [
    'links/net.py',
    'crowd/net.py',
    'disguise/net.py',
    `${deep}/net.py`,
    'utf16.py',
    'binary.py',
    'empty.py',
  ];
  return { root, paths };
}
