/**
 * The only module that knows `@vscode/webview-ui-toolkit`: it registers the elements that the panel uses
 * and gives them to the components as templates. The package is archived upstream; replacing it means
 * changing this file and nothing else, so no component may write one of its tags.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';

let registered = false;

/** Defines the elements; once per page. */
export function registerToolkit(): void {
  if (registered) return;
  registered = true;
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
  );
}

export interface ButtonOptions {
  readonly label: string;
  readonly icon: TemplateResult;
  readonly look: 'primary' | 'secondary' | 'icon';
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** Why it is disabled, or what it does in more words. */
  readonly title?: string;
  /** For buttons that stay down. */
  readonly pressed?: boolean;
  /** Name for tests and styles. */
  readonly part?: string;
}

/** A button; with `look: 'icon'` its label is only spoken and shown as a tooltip. */
export function button(options: ButtonOptions): TemplateResult {
  const iconOnly = options.look === 'icon';
  return html`<vscode-button
    appearance=${options.look}
    data-action=${options.part ?? nothing}
    aria-label=${iconOnly ? options.label : nothing}
    aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)}
    title=${options.title ?? (iconOnly ? options.label : nothing)}
    ?disabled=${options.disabled ?? false}
    @click=${options.onClick}
    >${iconOnly ? options.icon : html`<span slot="start">${options.icon}</span>${options.label}`}</vscode-button
  >`;
}

export interface CheckboxOptions {
  readonly label: string;
  /** Said and shown as a tooltip where there is no label. */
  readonly title?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function checkbox(options: CheckboxOptions): TemplateResult {
  return html`<vscode-checkbox
    title=${options.title ?? nothing}
    aria-label=${options.title ?? nothing}
    .checked=${live(options.checked)}
    @change=${(event: Event) => {
      const { checked } = event.currentTarget as EventTarget & { readonly checked: boolean };
      // The element also fires when the property above is set.
      if (checked !== options.checked) options.onChange(checked);
    }}
    >${options.label}</vscode-checkbox
  >`;
}

export interface DropdownOptions {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

export function dropdown(options: DropdownOptions): TemplateResult {
  return html`<vscode-dropdown
    aria-label=${options.label}
    .value=${live(options.value)}
    @change=${(event: Event) => {
      const { value } = event.currentTarget as EventTarget & { readonly value: string };
      if (value !== options.value) options.onChange(value);
    }}
    >${repeat(
      options.choices,
      (choice) => choice.value,
      (choice) =>
        html`<vscode-option value=${choice.value} ?selected=${choice.value === options.value}
          >${choice.label}</vscode-option
        >`,
    )}</vscode-dropdown
  >`;
}

export function progressRing(label: string): TemplateResult {
  return html`<vscode-progress-ring aria-label=${label}></vscode-progress-ring>`;
}
