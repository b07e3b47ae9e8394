/** About the width of a character, as a share of the font size. */
const CHARACTER = 0.58;
const FONT_SIZE = 12;

/** About how wide a text is, in px. */
export const widthOf = (text: string, fontSize = FONT_SIZE): number =>
  [...text].length * CHARACTER * fontSize;

/** The text, or as much of its beginning as fits into `room` px, with "…" for the rest. */
export function fitting(text: string, room: number, fontSize = FONT_SIZE): string {
  if (widthOf(text, fontSize) <= room) return text;
  const most = Math.max(1, Math.floor(room / (CHARACTER * fontSize)));
  return [...text].slice(0, most - 1).join("") + "…";
}

/** How wide the widest of some texts is. */
export const widestOf = (texts: readonly string[]): number =>
  Math.max(...texts.map((text) => widthOf(text)));
