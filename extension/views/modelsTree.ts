/**
 * The Models view: the models of the active editor and their layers. A click goes to the source line, and the
 * cursor in the source selects the row it is in, where the view can be seen.
 */
import {
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type Disposable,
  type TextEditor,
  type TreeDataProvider,
  type TreeView,
} from 'vscode';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import type { ActiveModel } from '../language/activeModel.ts';
import { cursorPlace } from '../language/sourcePlace.ts';
import { hasCost, hasKernel, layerItem, modelItem } from './layerItem.ts';
import { rowAt } from './rowAt.ts';

export type ModelNode =
  | { readonly kind: 'model'; readonly model: ModelReport }
  | { readonly kind: 'layer'; readonly model: ModelReport; readonly layer: LayerReport };

export class ModelsTree implements TreeDataProvider<ModelNode>, Disposable {
  readonly #active: ActiveModel;
  readonly #changed = new EventEmitter<undefined>();
  readonly #subscriptions: Disposable[];
  readonly #view: TreeView<ModelNode>;
  #following: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(active: ActiveModel) {
    this.#active = active;
    this.#view = window.createTreeView('slimwise.models', { treeDataProvider: this, canSelectMany: true });
    this.#subscriptions = [
      this.#changed,
      this.#view,
      active.onDidChange(() => this.#changed.fire(undefined)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#follow(textEditor)),
    ];
  }

  get selection(): readonly ModelNode[] {
    return this.#view.selection;
  }

  /** The row that is selected: a model's name, or a model's and a layer's. */
  get selected(): string | null {
    const [node] = this.#view.selection;
    if (node === undefined) return null;
    return node.kind === 'model' ? node.model.name : `${node.model.name}/${node.layer.name}`;
  }

  getChildren(node?: ModelNode): ModelNode[] {
    if (node === undefined) return (this.#active.current?.models ?? []).map((model) => ({ kind: 'model', model }));
    if (node.kind === 'layer') return [];
    return node.model.layers.filter(hasCost).map((layer) => ({ kind: 'layer', model: node.model, layer }));
  }

  getParent(node: ModelNode): ModelNode | undefined {
    return node.kind === 'model' ? undefined : { kind: 'model', model: node.model };
  }

  getTreeItem(node: ModelNode): TreeItem {
    const shown = node.kind === 'model' ? modelItem(node.model) : layerItem(node.layer);
    const item = new TreeItem(
      shown.label,
      node.kind === 'model' ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.None,
    );
    item.id =
      node.kind === 'model'
        ? `${node.model.file}:${node.model.name}`
        : `${node.model.file}:${node.model.name}:${node.layer.name}`;
    item.description = shown.description;
    item.iconPath = new ThemeIcon(shown.icon, shown.color === null ? undefined : new ThemeColor(shown.color));
    item.tooltip = shown.tooltip.join('\n');
    item.accessibilityInformation = { label: shown.accessible };
    item.contextValue = node.kind === 'layer' && hasKernel(node.layer) ? 'layer kernel' : node.kind;
    const { file, cell, line } = node.kind === 'model' ? node.model : node.layer;
    item.command = { command: 'slimwise.openLayer', title: 'Go to Source', arguments: [{ file, cell, line }] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#following);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Once the cursor rests; typing and scrolling through a file move it all the time. */
  #follow(editor: TextEditor): void {
    clearTimeout(this.#following);
    this.#following = setTimeout(() => void this.#reveal(editor), followMs);
  }

  async #reveal(editor: TextEditor): Promise<void> {
    const { current } = this.#active;
    if (current === null || !this.#view.visible || editor.document.uri.toString() !== current.uri.toString()) return;
    const [selected, ...more] = this.#view.selection;
    // Rows that were selected together are meant to stay so.
    if (more.length > 0) return;
    const before = selected === undefined ? null : { model: selected.model, layer: layerOf(selected) };
    const row = rowAt(current.models, cursorPlace(editor), current.shown, before);
    if (row === null) return;
    const { model, layer } = row;
    const node: ModelNode = layer === null ? { kind: 'model', model } : { kind: 'layer', model, layer };
    // A report that came in between has other rows: the next move of the cursor finds them.
    await Promise.resolve(this.#view.reveal(node, { select: true, focus: false })).catch(() => undefined);
  }
}

const followMs = 100;

function layerOf(node: ModelNode): LayerReport | null {
  return node.kind === 'layer' ? node.layer : null;
}
