/**
 * The edits of source texts that carry out choices about layers, all made on the texts as they are: numbers of channels
 * in calls, and wrappers around them. Nothing is checked here but that each edit can be written; whether the edited
 * text means what was predicted is for `proposeEdit` to find out.
 */
import type { Framework, ModelGraph, Site } from '../../core/graph/modelGraph.ts';
import type { SourceHost } from '../sourceHost.ts';
import { parseJavascript } from '../syntax/javascript.ts';
import { parsePython } from '../syntax/python.ts';
import { sourceIn } from '../syntax/scriptBlocks.ts';
import { channelArguments } from './channelArguments.ts';
import type { ImportPlace } from './importWrapper.ts';
import { layersModule } from './layersModule.ts';
import { siteKey, type PlacedChoice } from './orderChoices.ts';
import type { SourceChange, TextEdit } from './textEdit.ts';
import { wrapLayer, type LayerWrapping } from './wrapLayer.ts';

/** A model before, and after the widths among the choices; its other choices are wrappers. */
export interface ModelChange {
  readonly before: ModelGraph;
  readonly narrowed: ModelGraph;
  readonly choices: readonly PlacedChoice[];
}

type Changed = SourceChange | { readonly refused: string };

export function changeSources(host: SourceHost, models: readonly ModelChange[]): Changed {
  const placeOf = placesIn(host);
  const edits: TextEdit[] = [];
  const created = new Map<string, string>();
  for (const { before, narrowed, choices } of models) {
    if (choices.some(({ action }) => action.kind === 'channels')) {
      const numbers = channelArguments(before, narrowed, placeOf);
      if ('refused' in numbers) return numbers;
      edits.push(...numbers.edits);
    }
    const wrappings = wrappingsOf(choices);
    for (const { layer, site, wrapping } of wrappings) {
      const wrapped = wrappedAt(placeOf, site, wrapping, before.framework);
      if ('refused' in wrapped) return wrappings.length > 1 ? { refused: `${layer}: ${wrapped.refused}` } : wrapped;
      edits.push(...wrapped.edits);
      for (const { file, text } of wrapped.created) created.set(file, text);
    }
  }
  const once = edits.filter((edit, idx) => edits.findIndex((other) => isSameEdit(edit, other)) === idx);
  return { edits: joinImports(once), created: [...created].map(([file, text]) => ({ file, text })) };
}

/** Texts and trees of files, each read and parsed once. */
function placesIn(host: SourceHost): (file: string) => ImportPlace | null {
  const places = new Map<string, ImportPlace | null>();
  return (file) => {
    const known = places.get(file);
    if (known !== undefined) return known;
    const read = host.read(file);
    const text = read === null ? null : sourceIn(file, read);
    const module = text === null ? null : file.endsWith('.py') ? parsePython(text) : parseJavascript(text);
    const place = text === null || module === null ? null : { host, file, text, module };
    places.set(file, place);
    return place;
  };
}

interface PlacedWrapping {
  readonly layer: string;
  readonly site: Site;
  readonly wrapping: LayerWrapping;
}

/** A replacement and the bits of one place are one wrapping. */
function wrappingsOf(choices: readonly PlacedChoice[]): readonly PlacedWrapping[] {
  const bySite = new Map<string, PlacedWrapping>();
  for (const { layer, site, action } of choices) {
    if (action.kind !== 'bits' && action.kind !== 'rewrite') continue;
    const known = bySite.get(siteKey(site));
    const part = action.kind === 'bits' ? { bits: action.bits } : { rewrite: action.rewrite };
    bySite.set(siteKey(site), {
      layer,
      site,
      wrapping: { bits: null, rewrite: null, ...known?.wrapping, ...part },
    });
  }
  return [...bySite.values()];
}

function wrappedAt(
  placeOf: (file: string) => ImportPlace | null,
  site: Site,
  wrapping: LayerWrapping,
  framework: Framework,
): Changed {
  const place = placeOf(site.file);
  if (place === null) return { refused: `${site.file} cannot be read` };
  const wrapped = wrapLayer(place, site, wrapping);
  if ('refused' in wrapped) return wrapped;
  // An edit that only takes something away needs no module.
  if (wrapped.edits.every(({ text }) => text === '')) return { edits: wrapped.edits, created: [] };
  const module = layersModule(place, framework);
  return 'refused' in module ? module : { edits: wrapped.edits, created: module.files };
}

/** Imports that would stand line under line become one. */
function joinImports(edits: readonly TextEdit[]): readonly TextEdit[] {
  const joined: TextEdit[] = [];
  for (const edit of edits) {
    const idx = joined.findIndex(
      ({ file, start, end }) => file === edit.file && start === edit.start && end === edit.end,
    );
    const other = joined[idx];
    const [one, two] = [other?.text, edit.text].map((text) =>
      /^(.*import \{? ?)([\w, :]+?)( ?\}.*)?(\r?\n)$/s.exec(text ?? ''),
    );
    if (other === undefined || one?.[1] === undefined || one[1] !== two?.[1]) joined.push(edit);
    else joined[idx] = { ...other, text: `${one[1]}${one[2] ?? ''}, ${two[2] ?? ''}${one[3] ?? ''}${one[4] ?? ''}` };
  }
  return joined;
}

/** Layers that one line builds, numbers that two models share, and imports, are written once. */
function isSameEdit(one: TextEdit, two: TextEdit): boolean {
  return one.file === two.file && one.start === two.start && one.end === two.end && one.text === two.text;
}
