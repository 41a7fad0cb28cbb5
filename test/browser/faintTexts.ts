/**
 * Texts of the page with less contrast than 4.5 to 1 (WCAG 2.2, 1.4.3) against what is behind them, through
 * all shadow roots. Runs in the page. Backgrounds are colours, not pictures; what is disabled, hidden or
 * only decoration is left out.
 */
type Color = readonly [red: number, green: number, blue: number, alpha: number];

export function faintTexts(): { readonly faint: readonly string[]; readonly nTexts: number } {
  const faint: string[] = [];
  let nTexts = 0;
  const walk = (node: Node): void => {
    if (node instanceof Element && node.matches('[disabled], [aria-hidden="true"], style, script')) return;
    if (node instanceof Element && node.shadowRoot !== null) walk(node.shadowRoot);
    for (const child of node.childNodes) walk(child);
    const element = parentOf(node);
    if (!(node instanceof Text) || element === null || (node.textContent ?? '').trim() === '') return;
    if (!element.checkVisibility()) return;
    const background = backgroundOf(element);
    const style = getComputedStyle(element);
    const text = over(parse(element instanceof SVGElement ? style.fill : style.color), background);
    const [light, dark] = [luminance(text), luminance(background)].sort((a, b) => b - a) as [number, number];
    const contrast = (light + 0.05) / (dark + 0.05);
    nTexts++;
    if (contrast < 4.5) faint.push(`${(node.textContent ?? '').trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
  };
  walk(document.body);
  return { faint, nTexts };
}

function parse(text: string): Color {
  const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b, a];
}

function over(top: Color, below: Color): Color {
  const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + below[i] * (1 - top[3]);
  return [mix(0), mix(1), mix(2), 1];
}

function luminance(color: Color): number {
  const [r = 0, g = 0, b = 0] = color.slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function parentOf(node: Node): Element | null {
  return node.parentElement ?? (node.parentNode instanceof ShadowRoot ? node.parentNode.host : null);
}

function backgroundOf(element: Element | null): Color {
  if (element === null) return [255, 255, 255, 1];
  const own = parse(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, backgroundOf(element.assignedSlot ?? parentOf(element)));
}
