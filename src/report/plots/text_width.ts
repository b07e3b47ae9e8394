/** About the width of a character, as a share of the font size. */
const CHARACTER = 0.58;
const FONT_SIZE = 12;

/** About how wide a text is, in px. */
export const widthOf = (text: string, fontSize = FONT_SIZE): number =>
  [...text].length * CHARACTER * fontSize;

/** Between the parts of a label. */
const SEPARATOR = " · ";

/**
 * The text, or as much of its beginning as fits into `room` px, with "…" for the rest. Of a label of several parts the
 * end stays as well: that is where those of one program differ.
 */
export function fitting(text: string, room: number, fontSize = FONT_SIZE): string {
  if (widthOf(text, fontSize) <= room) return text;
  const most = Math.max(1, Math.floor(room / (CHARACTER * fontSize)));
  const all = [...text];
  const tail = text.includes(SEPARATOR) ? Math.floor((most - 1) / 2) : 0;
  return [...all.slice(0, most - 1 - tail), "…", ...all.slice(all.length - tail)].join("");
}

/** How wide the widest of some texts is. */
export const widestOf = (texts: readonly string[]): number =>
  Math.max(...texts.map((text) => widthOf(text)));
