/** "a", "a and b", "a, b and c" */
export const listInWords = (items: readonly (string | number)[]): string =>
  items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;

/** "layer 2", "layers 1, 2 and 3" */
export const layersInWords = (layers: readonly number[]): string =>
  `layer${layers.length === 1 ? "" : "s"} ${listInWords(layers)}`;

/** "weights of layer 1, biases of layer 2" */
export const partsInWords = (
  parts: readonly { readonly kind: string; readonly layer: number }[],
): string => parts.map(({ kind, layer }) => `${kind} of layer ${layer}`).join(", ");

export const capital = (text: string): string =>
  text === "" ? text : text[0].toUpperCase() + text.slice(1);

/** "weights" or "biases", where all of these parts are such and other parts exist; undefined for the whole gradient. */
export function onlyKind(
  parts: readonly { readonly kind: string }[] | undefined,
): "weights" | "biases" | undefined {
  const [kind, ...others] = new Set(parts?.map((part) => part.kind));
  return others.length === 0 && (kind === "weights" || kind === "biases") ? kind : undefined;
}
