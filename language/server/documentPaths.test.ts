import assert from 'node:assert/strict';
import { folderOnDisk, placeDocument, uriOf } from './documentPaths.ts';

describe('document paths', () => {
  it('are relative to the innermost folder that holds the document', () => {
    const roots = ['file:///home/me/work', 'file:///home/me/work/nets/'];
    assert.deepEqual(placeDocument('file:///home/me/work/nets/a/b.py', roots, 'python'), {
      root: 'file:///home/me/work/nets',
      path: 'a/b.py',
    });
    assert.equal(placeDocument('file:///home/me/work/x.py', roots, 'python').path, 'x.py');
    assert.equal(placeDocument('file:///home/me/workshop/x.py', roots, 'python').root, 'file:///home/me/workshop');
  });

  it('compare URIs by meaning, not by encoding', () => {
    assert.equal(placeDocument('file:///c%3A/My%20Nets/a.py', ['file:///c:/My Nets'], 'python').path, 'a.py');
  });

  it('work for remote, virtual and unsaved documents', () => {
    const remote = 'vscode-remote://ssh-remote%2Bbox/home/me/n.py';
    assert.equal(placeDocument(remote, ['vscode-remote://ssh-remote%2Bbox/home/me'], 'python').path, 'n.py');
    assert.deepEqual(placeDocument('untitled:Untitled-1', [], 'typescript'), {
      root: 'untitled:',
      path: 'Untitled-1.ts',
    });
    assert.equal(placeDocument('vscode-notebook-cell:/w/a.ipynb#W0sZ', ['file:///w'], 'python').path, 'a.ipynb.py');
  });

  it('lead back to the URI', () => {
    assert.equal(uriOf('file:///w', 'my nets/ü.py'), 'file:///w/my%20nets/%C3%BC.py');
  });

  it('name folders of this machine, and no others', () => {
    assert.equal(folderOnDisk('file:///home/me/my%20nets', 'linux'), '/home/me/my nets');
    assert.equal(folderOnDisk('file:///c%3A/nets', 'win32'), 'c:\\nets');
    assert.equal(folderOnDisk('vscode-remote://ssh-remote%2Bbox/home/me', 'linux'), '/home/me');
    assert.equal(folderOnDisk('vscode-vfs://github/o/r', 'linux'), null);
    assert.equal(folderOnDisk('untitled:', 'linux'), null);
  });

  it('survive broken escapes', () => {
    assert.equal(placeDocument('file:///w/100%.py', ['file:///w'], 'python').path, '100%.py');
  });
});
