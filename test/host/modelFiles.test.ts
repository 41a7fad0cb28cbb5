/** A model file opened in the real editor: the custom editor takes it, its page asks, and the server's process answers. */
import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import { commands, TabInputCustom, window, workspace } from 'vscode';
import { onnxBytes, smallGenerator } from '../../language/files/onnx/onnxFixture.ts';
import { layersModelJson } from '../../language/files/tfjs/modelJsonFixture.ts';
import { inWorkspace, slimwise, waitFor } from './waitFor.ts';

describe('model files in a real extension host', () => {
  const onnx = (): Uri => inWorkspace('exported/generator.onnx');

  before(async () => {
    await workspace.fs.writeFile(onnx(), onnxBytes(smallGenerator()));
    await workspace.fs.writeFile(
      inWorkspace('exported/model.json'),
      new TextEncoder().encode(JSON.stringify(layersModelJson())),
    );
  });

  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await workspace.fs.delete(inWorkspace('exported'), { recursive: true });
  });

  it('an ONNX file opens in the Slimwise editor by itself, and its page is answered', async () => {
    await commands.executeCommand('vscode.open', onnx());
    await waitFor('the custom editor', () => viewType() === 'slimwise.modelFile');
    await waitFor('the page to be answered', () => isReady(onnx()));
  });

  it('a model.json opens there on command, and as text otherwise', async () => {
    const uri = inWorkspace('exported/model.json');
    await commands.executeCommand('vscode.open', uri);
    await waitFor('a text editor', () => window.activeTextEditor?.document.uri.toString() === uri.toString());
    await commands.executeCommand('slimwise.openModelFile', uri);
    await waitFor('the custom editor', () => viewType() === 'slimwise.modelJson');
    await waitFor('the page to be answered', () => isReady(uri));
  });

  async function isReady(uri: Uri): Promise<boolean> {
    const { modelFiles } = await slimwise();
    return modelFiles().some((open) => open.uri === uri.toString() && open.ready);
  }

  function viewType(): string | null {
    const input: unknown = window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof TabInputCustom ? input.viewType : null;
  }

  it('leaves no editor behind', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    const { modelFiles } = await slimwise();
    await waitFor('the editors to close', () => modelFiles().length === 0);
    assert.deepEqual(modelFiles(), []);
  });
});
