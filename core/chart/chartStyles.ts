/**
 * Colours of charts for light and dark ground, as CSS. The eight hues stay apart for readers who confuse red and
 * green, and each has at least 3 : 1 against its ground (lines) while all text has 4.5 : 1. A drawing that leaves its page takes the
 * light style along, with literal colours, so that it looks the same in any program.
 */
export interface ChartPalette {
  readonly ground: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly series: readonly string[];
}

export const paletteSize = 8;

export const lightPalette: ChartPalette = {
  ground: '#ffffff',
  text: '#1d2129',
  muted: '#5c6470',
  grid: '#e2dfd9',
  series: ['#1f6fd6', '#b34f08', '#0b7a62', '#a3348f', '#7a6200', '#5b4bc4', '#b3261e', '#3f4a59'],
};

export const darkPalette: ChartPalette = {
  ground: '#1b2027',
  text: '#e7e9ec',
  muted: '#a0a8b4',
  grid: '#313843',
  series: ['#6aa8ff', '#ff9d57', '#4fc9a8', '#e58ad4', '#dcbf4a', '#a79bff', '#ff8078', '#b9c2ce'],
};

/** `scope` goes before every rule, so that a page's other SVGs stay as they are. */
export function chartStyles(palette: ChartPalette, scope = ''): string {
  const rule = (selector: string, body: string): string => `${scope}${scope === '' ? '' : ' '}${selector}{${body}}`;
  return [
    rule('text', 'font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums'),
    rule('.tick', `fill:${palette.muted}`),
    rule('.name', `fill:${palette.muted};font-size:12px`),
    rule('.legend', `fill:${palette.text};font-size:12px`),
    rule('.gridline', `stroke:${palette.grid};stroke-width:1`),
    rule('.axis', `stroke:${palette.muted};stroke-width:1`),
    rule('.line', 'fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round'),
    rule('.line.faint', 'stroke-width:1;opacity:.35'),
    rule('.band', 'fill:currentColor;opacity:.16'),
    rule('.column', 'fill:currentColor'),
    rule('.error', `fill:none;stroke:${palette.text};stroke-width:1.4`),
    rule('.line ~ .error', 'stroke:currentColor'),
    rule('.marker', `fill:currentColor;stroke:${palette.ground};stroke-width:1`),
    rule('.marker.open', 'fill:none;stroke:currentColor;stroke-width:2.2'),
    ...palette.series.map((color, i) => rule(`.c${i}`, `color:${color}`)),
  ].join('\n');
}

/** A drawing as a file of its own: its namespace, its colours and its ground inside. */
export function standaloneSvg(svg: string, palette: ChartPalette = lightPalette): string {
  const opening = /^<svg[^>]*>/.exec(svg)?.[0] ?? '<svg>';
  const head = opening.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  const inside = `<style>${chartStyles(palette)}</style><rect width="100%" height="100%" fill="${palette.ground}"/>`;
  return `${head}${inside}${svg.slice(opening.length)}`;
}
