/** The Models view: the models of the active editor and their layers; a click goes to the source line. */
import {
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type Disposable,
  type TreeDataProvider,
} from 'vscode';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import type { ActiveModel } from '../language/activeModel.ts';
import { hasCost, layerItem, modelItem } from './layerItem.ts';

export type ModelNode =
  | { readonly kind: 'model'; readonly model: ModelReport }
  | { readonly kind: 'layer'; readonly model: ModelReport; readonly layer: LayerReport };

export class ModelsTree implements TreeDataProvider<ModelNode>, Disposable {
  readonly #active: ActiveModel;
  readonly #changed = new EventEmitter<undefined>();
  readonly #subscriptions: Disposable[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(active: ActiveModel) {
    this.#active = active;
    this.#subscriptions = [this.#changed, active.onDidChange(() => this.#changed.fire(undefined))];
  }

  getChildren(node?: ModelNode): ModelNode[] {
    if (node === undefined) return (this.#active.current?.models ?? []).map((model) => ({ kind: 'model', model }));
    if (node.kind === 'layer') return [];
    return node.model.layers.filter(hasCost).map((layer) => ({ kind: 'layer', model: node.model, layer }));
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
    item.contextValue = node.kind;
    const { file, line } = node.kind === 'model' ? node.model : node.layer;
    item.command = { command: 'slimwise.openLayer', title: 'Go to Source', arguments: [{ file, line }] };
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
