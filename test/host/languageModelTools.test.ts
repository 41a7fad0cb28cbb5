/** The tools as a language model meets them: listed by a real VS Code, and invoked through it. */
import assert from 'node:assert/strict';
import { extensions, LanguageModelTextPart, lm, window, workspace } from 'vscode';
import { eventually, inWorkspace, slimwise } from './waitFor.ts';

const names = ['slimwise_analyze_model', 'slimwise_simulate_plan'];

describe('tools for language models in a real extension host', () => {
  before(async () => {
    await slimwise();
  });

  const invoke = async (name: string, input: object): Promise<string> => {
    const result = await lm.invokeTool(name, { input, toolInvocationToken: undefined });
    return result.content.map((part) => (part instanceof LanguageModelTextPart ? part.value : '')).join('');
  };

  it('are listed with their schemas', async () => {
    const manifest = extensions.getExtension('slimwise.slimwise')?.packageJSON as {
      contributes: { languageModelTools: { name: string }[] };
    };
    assert.deepEqual(manifest.contributes.languageModelTools.map(({ name }) => name), names); // prettier-ignore
    await eventually(() => {
      const listed = lm.tools.filter(({ name }) => names.includes(name));
      assert.deepEqual(listed.map(({ name }) => name).sort(), names);
      assert.ok(listed.every(({ inputSchema }) => inputSchema !== undefined));
    });
  });

  it('analyse a source and simulate a plan, and change nothing', async () => {
    const before = await workspace.fs.readFile(inWorkspace('dcgan_torch.py'));
    const report = await invoke('slimwise_analyze_model', { file: 'dcgan_torch.py' });
    assert.match(report, /## Generator/);
    assert.match(report, /\| main\.8 \| 31 \| ConvTranspose2d \|.*\| -192 \|/);
    const simulated = await invoke('slimwise_simulate_plan', {
      file: inWorkspace('dcgan_torch.py').toString(),
      choices: [{ layer: 'main.2', action: { kind: 'bits', bits: 1 } }],
    });
    assert.match(simulated, /\| main\.2 \| 32 → 1 \| 2097152 → \d+ \|/);
    assert.match(simulated, /The source can be edited so/);
    const fitted = await invoke('slimwise_simulate_plan', { file: 'dcgan_torch.py', budgetBytes: 200 * 1024 });
    assert.match(fitted, /Budget of 204800 bytes: kept/);
    assert.deepEqual(await workspace.fs.readFile(inWorkspace('dcgan_torch.py')), before);
    assert.ok(window.visibleTextEditors.every(({ document }) => !document.isDirty));
  });

  it('answer in words what they cannot do', async () => {
    assert.match(await invoke('slimwise_analyze_model', { file: '/etc/hostname' }), /is no file of the open workspace/);
    assert.match(await invoke('slimwise_simulate_plan', { file: 'dcgan_torch.py', choices: [{ layer: 'main.2' }] }), /choices\[0\]/); // prettier-ignore
  });
});
