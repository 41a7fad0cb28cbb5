/**
 * What a test reads off the run panel where no selector says it: whether a chart is drawn, what has the focus
 * through all shadow roots, and what sticks out of its place.
 */
import type { PanelPage } from './panelPage.ts';

/** Pixels of the loss chart's canvas that are not empty. */
export function inkOf(panel: PanelPage): Promise<number> {
  return panel.page.locator('loss-chart canvas').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data;
    let ink = 0;
    for (let i = 3; i < (data?.length ?? 0); i += 4) if ((data?.[i] ?? 0) > 0) ink++;
    return ink;
  });
}

/** Accessible name of what has the focus, through all shadow roots; null on the body. */
export function focusedName(panel: PanelPage): Promise<string | null> {
  return panel.page.evaluate(() => {
    let element: Element | null = document.activeElement;
    let host: Element | null = null;
    while (element?.shadowRoot?.activeElement) {
      host = element;
      element = element.shadowRoot.activeElement;
    }
    if (element === null || element === document.body) return null;
    const own = element.getAttribute('aria-label') ?? '';
    const hosts = host?.getAttribute('aria-label') ?? '';
    return (own || hosts || (element.textContent ?? '').trim() || (host?.textContent ?? '').trim()).trim();
  });
}

/** The section whose content is widest beyond its own box. */
export function widestOverflow(panel: PanelPage): Promise<{ readonly where: string; readonly pixels: number }> {
  return panel.page.evaluate(() => {
    let worst = { where: '', pixels: 0 };
    const main = document.querySelector('slimwise-run')?.shadowRoot?.querySelector('main');
    for (const part of main?.querySelectorAll('*') ?? []) {
      for (const box of part.shadowRoot?.querySelectorAll('.section, .body, .tiles') ?? []) {
        const pixels = box.scrollWidth - box.clientWidth;
        if (worst.pixels < pixels) worst = { where: `${part.localName} ${box.className}`, pixels };
      }
    }
    return worst;
  });
}
