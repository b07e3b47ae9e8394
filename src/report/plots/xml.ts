import { escape } from "../page/escape.ts";

/** An element as XML: linkedom's own outerHTML leaves & and < in attributes, which only a browser forgives. */
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

/** Thousandths of a px: the last digits of logarithms differ between JavaScript engines, the plots must not. */
const rounded = (value: string): string =>
  value.replaceAll(
    /-?\d+\.\d{4,}(?:e-?\d+)?/g,
    (number) => String(Number(Number(number).toFixed(3))),
  );

/** nodeType 1 is an element; all else that a plot has is text. */
const isElement = (node: Node): node is Element => node.nodeType === 1;

/** Text for XML, which has no way to write most control characters. */
export const escapeXml = (text: string): string =>
  // deno-lint-ignore no-control-regex
  escape(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd"));
