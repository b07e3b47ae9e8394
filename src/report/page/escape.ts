/** Text as HTML, in attributes too, whatever a name in it may hold. */
export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Right-to-left letters (Hebrew, Arabic and their neighbours) and characters that turn the direction. */
const TURNING =
  "\\u0590-\\u08ff\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufb1d-\\ufdff\\ufe70-\\ufefc";
const TURNED = new RegExp(`([^\\s,;:()]*[${TURNING}][^\\s,;:()]*)`);

/** Text as content of an element: right-to-left words are isolated, or the figures beside them would move. */
export const content = (text: string): string =>
  text.split(TURNED).map((part, i) => i % 2 === 1 ? `<bdi>${escape(part)}</bdi>` : escape(part))
    .join("");
