/**
 * Hears of theme changes. VS Code puts a theme's colours on the root element's style and its kind on the
 * body's class; elements follow by themselves, what is drawn on a canvas has to be told.
 */

/** Calls back after each change; returns how to stop. */
export function watchTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  return () => observer.disconnect();
}

/** A colour token as the theme has it now, for a canvas. */
export function themeColor(element: Element, token: `--sw-${string}`): string {
  return getComputedStyle(element).getPropertyValue(token).trim();
}
