/** Text as it may stand in the content or a quoted attribute of HTML, XML and SVG. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
