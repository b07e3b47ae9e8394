import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, messageOf } from "../base/errors.ts";
import type { BackEnd, GradientImplementation, Need, ShortFormImplementation } from "./contract.ts";
import { fromShortForm } from "./short_form.ts";

const NEEDS: readonly Need[] = ["ffi", "gpu", "threads"];
const BACK_ENDS: readonly BackEnd[] = ["javascript", "wasm", "blas", "gpu"];
const REMEDY =
  "export default { name, summary, precision, prepare } (or open), as docs/ADDING.md shows";

/**
 * Loads a plug-in: a TypeScript or JavaScript file whose default export, or else each named export, is an
 * implementation in full or short form. Its code runs with the rights of this process.
 *
 * Throws InputError when the file is missing, cannot be imported, exports nothing or something else, or
 * holds two implementations of one name.
 */
export async function loadPlugin(path: string): Promise<GradientImplementation[]> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new InputError(
      `Cannot load plug-in "${path}": there is no such file`,
      "name a TypeScript or JavaScript file with --plugin",
    );
  }
  let exports: Record<string, unknown>;
  try {
    exports = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError(
      `Cannot load plug-in "${path}": importing it failed: ${messageOf(error)}`,
      "run the file by itself to see where: it does not compile, or throws when it is imported",
      { cause: error },
    );
  }
  const offered = "default" in exports
    ? [["default", exports.default]] as const
    : Object.entries(exports);
  if (offered.length === 0) {
    throw new InputError(`Cannot load plug-in "${path}": it has no export`, REMEDY);
  }
  const implementations = offered.map(([exportName, value]) => {
    const fault = shapeFault(value);
    if (fault === undefined) return toFullForm(value as Offered);
    const place = exportName === "default" ? "the default export" : `export "${exportName}"`;
    throw new InputError(`Cannot load plug-in "${path}": ${fault} in ${place}`, REMEDY);
  });
  const names = implementations.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) {
    throw new InputError(
      `Cannot load plug-in "${path}": two of its exports have the name "${twice}"`,
      "give each implementation a name of its own",
    );
  }
  return implementations;
}

type Offered = GradientImplementation | ShortFormImplementation;

function toFullForm(offered: Offered): GradientImplementation {
  const isShort = "prepare" in offered && offered.prepare !== undefined;
  return isShort ? fromShortForm(offered) : offered as GradientImplementation;
}

/** Which member makes a value no implementation, in words; undefined when it is one. */
function shapeFault(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) {
    return `${value === null ? "null" : typeof value} instead of an implementation`;
  }
  const { name, summary, precision, needs, backEnd, skipsZeroPixels, probe, open, prepare } =
    value as Record<string, unknown>;
  if (typeof name !== "string") return mismatch("name", name, "a text");
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    return `name is "${name}", expected letters, digits, "_", "." or "-", not first`;
  }
  if (typeof summary !== "string") return mismatch("summary", summary, "a text of one line");
  if (precision !== "float32" && precision !== "float64") {
    return mismatch("precision", precision, '"float32" or "float64"');
  }
  if (needs !== undefined && !(Array.isArray(needs) && needs.every((n) => NEEDS.includes(n)))) {
    return mismatch("needs", needs, `a list of ${NEEDS.join(", ")}`);
  }
  if (backEnd !== undefined && !BACK_ENDS.some((known) => known === backEnd)) {
    return mismatch("backEnd", backEnd, `one of ${BACK_ENDS.join(", ")}`);
  }
  if (skipsZeroPixels !== undefined && typeof skipsZeroPixels !== "boolean") {
    return mismatch("skipsZeroPixels", skipsZeroPixels, "true or false");
  }
  if (probe !== undefined && typeof probe !== "function") {
    return mismatch("probe", probe, "a function");
  }
  if (open === undefined && prepare === undefined) {
    return "neither open (full form) nor prepare (short form) is there, expected one";
  }
  if (open !== undefined && prepare !== undefined) {
    return "both open (full form) and prepare (short form) are there, expected one";
  }
  const [form, opener] = open === undefined ? ["prepare", prepare] : ["open", open];
  if (typeof opener !== "function") return mismatch(`${form}`, opener, "a function");
  return undefined;
}

function mismatch(member: string, found: unknown, expected: string): string {
  if (found === undefined) return `${member} is missing, expected ${expected}`;
  const shown = typeof found === "string" || typeof found === "number"
    ? JSON.stringify(found)
    : typeof found;
  return `${member} is ${shown}, expected ${expected}`;
}
