/** Text as text of HTML, in attributes too, whatever a name in it may hold. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Letters that are written from the right (Hebrew, Arabic and their neighbours), and what turns a direction. */
const TURNING =
  "\\u0590-\\u08ff\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufb1d-\\ufdff\\ufe70-\\ufefc";
const TURNED = new RegExp(`[^\\s,;:()]*[${TURNING}][^\\s,;:()]*`, "g");

/**
 * Text as content of an element: words that are written from the right are set apart, because the figures beside them
 * would change their places.
 */
export function content(text: string): string {
  let html = "";
  let end = 0;
  for (const { 0: word, index } of text.matchAll(TURNED)) {
    html += `${escape(text.slice(end, index))}<bdi>${escape(word)}</bdi>`;
    end = index + word.length;
  }
  return html + escape(text.slice(end));
}
