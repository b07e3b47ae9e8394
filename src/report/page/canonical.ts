/**
 * A value as JSON with the fields of every object in the order of their names: the same text whatever read or made the
 * value. Numbers are the shortest that give the same double again, as the language has it, in every engine.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, one: unknown) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? Object.fromEntries(
          Object.entries(one).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
        )
        : one,
  );
}
