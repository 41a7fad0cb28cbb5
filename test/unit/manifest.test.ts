import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { devices } from '../../core/devices.ts';
import { defaultSettings, parseSettings } from '../../language/settings.ts';
import { commandIds } from '../../extension/commandIds.ts';
import { modelLanguages } from '../../extension/language/modelSource.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

interface Setting {
  readonly default: unknown;
  readonly enum?: readonly (string | null)[];
  readonly examples?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly icon: string;
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly views: { readonly slimwise: readonly { readonly id: string }[] };
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly svg: string };
      }[];
    }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const settings = Object.assign({}, ...contributes.configuration.map(({ properties }) => properties)) as Record<
  string,
  Setting
>;
const links = (text: string): string[] => [...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, id = '']) => id);

describe('the manifest', () => {
  it('contributes exactly the commands that have handlers, under one category', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandIds].sort());
    assert.ok(contributes.commands.every(({ category }) => category === 'Slimwise'));
  });

  it('puts only its own commands into menus, welcome texts and the walkthrough', () => {
    const views = contributes.views.slimwise.map(({ id }) => `${id}.focus`);
    const known = new Set<string>([...commandIds, ...views, 'workbench.trust.manage']);
    const used = [
      ...Object.values(contributes.menus).flatMap((rows) => rows.map(({ command }) => command)),
      ...contributes.viewsWelcome.flatMap(({ contents }) => links(contents)),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap(({ description }) => links(description))),
    ];
    assert.deepEqual(
      used.filter((id) => !known.has(id)),
      [],
    );
  });

  it('has one walkthrough of four steps, each with an action and a picture', () => {
    const [walkthrough, ...more] = contributes.walkthroughs;
    assert.equal(more.length, 0);
    assert.equal(walkthrough?.steps.length, 4);
    for (const { id, description, media } of walkthrough?.steps ?? []) {
      assert.equal(links(description).length, 1, id);
      assert.ok(existsSync(join(root, media.svg)), media.svg);
    }
  });

  it('has the pictures that it names', () => {
    const pictures = [manifest.icon, ...contributes.viewsContainers.activitybar.map(({ icon }) => icon)];
    for (const path of [...pictures, 'media/run-light.svg', 'media/run-dark.svg'])
      assert.ok(existsSync(join(root, path)), path);
  });

  it('activates for models, plans and its own views only', () => {
    assert.deepEqual(
      [...manifest.activationEvents].sort(),
      [
        ...modelLanguages.map((id) => `onLanguage:${id}`),
        // A plan that is opened by itself; there is no event for a name.
        'onLanguage:json',
        'workspaceContains:**/slimwise.json',
        'workspaceContains:**/slimwise.*.json',
        'onWebviewPanel:slimwise.run',
        'onWebviewPanel:slimwise.explorer',
        'onWebviewPanel:slimwise.compare',
      ].sort(),
    );
  });

  it('describes every setting and documents it', () => {
    const page = readFileSync(join(root, 'docs', 'settings.md'), 'utf8');
    for (const [id, { markdownDescription, ...setting }] of Object.entries(settings)) {
      assert.ok(markdownDescription !== undefined && markdownDescription.length > 20, id);
      assert.ok('default' in setting, id);
      assert.ok(page.includes(`\`${id}\``), `docs/settings.md does not name ${id}`);
      assert.equal(setting.enumDescriptions?.length ?? setting.enum?.length, setting.enum?.length, id);
    }
    const documented = [...page.matchAll(/^\| `(slimwise\.[\w.]+)`/gm)].map(([, id]) => id);
    assert.deepEqual(documented.sort(), Object.keys(settings).sort());
  });

  it('gives the language server the defaults that the server has itself', () => {
    const section: Record<string, unknown> = {};
    for (const [id, setting] of Object.entries(settings)) {
      const path = id.split('.').slice(1);
      const last = path.pop() ?? '';
      const parent = path.reduce<Record<string, unknown>>(
        (at, key) => (at[key] ??= {}) as Record<string, unknown>,
        section,
      );
      parent[last] = setting.default;
    }
    assert.deepEqual(parseSettings(section), defaultSettings);
  });

  it('offers every device', () => {
    const { examples, markdownDescription = '' } = settings['slimwise.budget.device'] ?? {};
    assert.deepEqual(
      examples,
      devices.map(({ id }) => id),
    );
    for (const { id } of devices) assert.ok(markdownDescription.includes(`\`${id}\``), id);
  });

  it('withholds what decides about running from untrusted workspaces', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const id of Object.keys(settings).filter((name) => name.startsWith('slimwise.engine.'))) {
      assert.ok(restricted.includes(id), id);
    }
    assert.ok(restricted.every((id) => id in settings));
  });
});
