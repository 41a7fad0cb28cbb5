/** What the explorer shows instead of images: no finished run yet, or a file that cannot be drawn from. */
import { html, type TemplateResult } from 'lit';
import type { Problem } from '../../core/problem.ts';
import { icons } from '../styles/icons.ts';
import { button } from '../toolkit.ts';

export function emptyPage(trusted: boolean, begin: (choice: 'run' | 'sample') => void): TemplateResult {
  return html`<div class="whole">
    <p><strong>No compressed model yet</strong></p>
    <p>
      A finished run leaves a packed generator that draws right here. Compress a model, or begin with the sample: a
      short run takes a few minutes.
    </p>
    <div class="actions">
      ${button({
        label: 'Compress Wisely',
        icon: icons.play,
        look: 'primary',
        part: 'begin-run',
        disabled: !trusted,
        title: trusted ? undefined : 'Running is off in Restricted Mode: trust the workspace to go on.',
        onClick: () => begin('run'),
      })}
      ${button({
        label: 'Open the Sample',
        icon: icons.folder,
        look: 'secondary',
        part: 'begin-sample',
        onClick: () => begin('sample'),
      })}
    </div>
  </div>`;
}

export function problemPage(problem: Problem | null, retry: () => void): TemplateResult {
  return html`<div class="whole" role="alert">
    <span class="bad">${icons.cross}</span>
    <p><strong>${problem?.message ?? 'The model could not be opened.'}</strong></p>
    <p>${problem?.hint ?? ''}</p>
    <p class="small muted">${problem?.path ?? ''} ${problem?.code ?? ''}</p>
    ${button({ label: 'Try Again', icon: icons.forward, look: 'primary', part: 'reload', onClick: retry })}
  </div>`;
}
