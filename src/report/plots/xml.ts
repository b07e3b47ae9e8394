/**
 * An element as XML. linkedom's own outerHTML leaves & and < in attributes as they are, which a browser
 * forgives in a page, but not in a file of its own.
 */
export function toXml(element: Element): string {
  const name = element.localName;
  const attributes = [...element.attributes].map(({ name, value }) =>
    ` ${name}="${escapeXml(rounded(value))}"`
  );
  const children = [...element.childNodes].map((child) =>
    isElement(child) ? toXml(child) : escapeXml(child.textContent ?? "")
  );
  const start = `<${name}${attributes.join("")}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join("")}</${name}>`;
}

/**
 * Numbers of an attribute to a thousandth of a px: nobody sees more, and the last digits of logarithms differ from one
 * JavaScript engine to the next, so that with them a plot would not be the same everywhere.
 */
const rounded = (value: string): string =>
  value.replaceAll(
    /-?\d+\.\d{4,}(?:e-?\d+)?/g,
    (number) => String(Number(Number(number).toFixed(3))),
  );

/** nodeType 1 is an element; all else that a plot has is text. */
const isElement = (node: Node): node is Element => node.nodeType === 1;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML wants it between and within tags. */
export function escapeXml(text: string): string {
  return text
    // XML has no way at all to write most control characters.
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (character) => ENTITIES[character]);
}
