import { ownFile } from "../base/own_command.ts";
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError, messageOf, NoProgram } from "../base/errors.ts";
import { programName } from "../base/program_name.ts";
import type {
  BackEnd,
  GradientImplementation,
  ListFormImplementation,
  Need,
  ShortFormImplementation,
} from "./contract.ts";
import { fromListForm } from "./list_form.ts";
import { fromShortForm } from "./short_form.ts";

const NEEDS: readonly Need[] = ["ffi", "gpu", "threads"];
const BACK_ENDS: readonly BackEnd[] = ["javascript", "wasm", "blas", "native", "gpu"];
const HINT = "export a function gradient(weights, biases, images, labels), or " +
  `default { name, summary, precision, prepare } (or open), as ${ownFile("docs/ADDING.md")} shows`;

/**
 * Loads a plug-in: a TypeScript or JavaScript file that exports implementations in full or short form. The
 * default export counts if there is one, else every named export. Its code gets the rights of this process.
 *
 * Throws InputError if the file is missing or cannot be imported, if an implementation is malformed or two share a name;
 * NoProgram if none of its exports is meant as one.
 */
export async function loadPlugin(path: string): Promise<GradientImplementation[]> {
  const file = resolve(path);
  const cannot = cannotLoad(`plug-in "${path}"`);
  if (!existsSync(file)) {
    cannot("there is no such file", "name a TypeScript, JavaScript or Python file with --plugin");
  }
  const imported: Record<string, unknown> = await import(pathToFileURL(file).href).catch((error) =>
    cannot(`importing it failed: ${messageOf(error)}`, hintOf(error), error)
  );
  return implementationsIn(imported, programName(file), basename(file), cannot);
}

type Cannot = (why: string, hint: string, cause?: unknown, Kind?: typeof InputError) => never;

/** Throws what is wrong with a program. */
export const cannotLoad =
  (what: string): Cannot => (why, hint, cause, Kind: typeof InputError = InputError) => {
    throw new Kind(`Cannot load ${what}: ${why}`, hint, { cause });
  };

/**
 * The implementations among the exports of a module. Functions of the list form, which have no name of their own, get
 * `name`; `shown` says in reports where they come from. Throws by `cannot`.
 */
export function implementationsIn(
  imported: Record<string, unknown>,
  name: string,
  shown: string,
  cannot: Cannot,
): GradientImplementation[] {
  const exports = withFunctionNamed(ofCommonJs(imported));
  const candidates = "default" in exports
    ? [["default", exports.default]] as const
    : LIST_FUNCTIONS.some((name) => typeof exports[name] === "function")
    ? [["the file", {
      name,
      summary: `lists, ${shown}`,
      precision: "float64",
      ...exports,
    }]] as const
    : Object.entries(exports);
  if (candidates.length === 0) cannot("it has no export", HINT, undefined, NoProgram);
  const isHelper = !candidates.some(([, value]) => isMeant(value));
  if (isHelper && !("default" in exports)) {
    const names = candidates.map(([name]) => name).join(", ");
    cannot(
      `it exports ${names} and no program, expected a function gradient or trainBatch`,
      HINT,
      undefined,
      NoProgram,
    );
  }
  const implementations = candidates.map(([exportName, value]) => {
    const fault = shapeFault(value);
    if (fault === undefined) return toFullForm(value as AnyForm);
    const place = PLACES[exportName] ?? `export "${exportName}"`;
    return cannot(`${fault} in ${place}`, HINT, undefined, isHelper ? NoProgram : InputError);
  });
  const names = implementations.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) {
    cannot(`two of its exports are named "${twice}"`, "give each implementation its own name");
  }
  return implementations;
}

/** A module of `require` has all its exports in one object, which comes as the default export. */
function ofCommonJs(imported: Record<string, unknown>): Record<string, unknown> {
  const { default: all } = imported;
  const isPlain = typeof all === "object" && all !== null && !("name" in all);
  return isPlain && LIST_FUNCTIONS.some((name) => name in all)
    ? all as Record<string, unknown>
    : imported;
}

/** `export default function gradient(…)`, or an arrow function with as many arguments, as if it were exported by name. */
function withFunctionNamed(exports: Record<string, unknown>): Record<string, unknown> {
  const { default: given, ...others } = exports;
  if (typeof given !== "function") return exports;
  const form = LIST_FUNCTIONS.find((form) => form === given.name) ??
    LIST_FUNCTIONS.find((form) => given.length === ARGUMENTS[form]);
  return form === undefined ? exports : { ...others, [form]: given };
}

function hintOf(error: unknown): string {
  const message = messageOf(error);
  if (/not a dependency|cannot find (package|module)|could not (find|resolve)/i.test(message)) {
    return "install what it imports into the node_modules of its project (npm install, deno install), or check the path";
  }
  return /requires read access|NotCapable/i.test(message)
    ? "it may read the folder of the deno.json or package.json above it: put one where its project begins"
    : "run the file alone to see where: it does not compile, or it throws on import";
}

const PLACES: Readonly<Record<string, string>> = {
  "default": "the default export",
  "the file": "the file",
};

/** The functions of the list form, which a file may export without more. */
const LIST_FUNCTIONS = ["gradient", "trainBatch"] as const;
const ARGUMENTS = { gradient: 4, trainBatch: 5 } as const;

type AnyForm = GradientImplementation | ShortFormImplementation | ListFormImplementation;

function toFullForm(given: AnyForm): GradientImplementation {
  if ("open" in given && given.open !== undefined) return given;
  if ("prepare" in given && given.prepare !== undefined) return fromShortForm(given);
  return fromListForm(given as ListFormImplementation);
}

/** Says which member keeps a value from being an implementation; undefined if none does. */
function shapeFault(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) {
    return `${value === null ? "null" : typeof value} instead of an implementation`;
  }
  const members = value as Record<string, unknown>;
  for (const [member, expected, fits] of RULES) {
    if (!fits(members[member])) return mismatch(member, members[member], expected);
  }
  const { name } = members;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name as string)) {
    return `name is "${name}", expected letters, digits, "_", "." or "-", and the last two not first`;
  }
  const forms = FORMS.filter((form) => members[form] !== undefined);
  if (forms.length !== 1) {
    return forms.length === 0
      ? `none of ${FORMS.join(", ")} is there, expected one of them`
      : `${forms.join(" and ")} are both there, expected one of them`;
  }
  return undefined;
}

/** One of these functions makes an implementation. */
const FORMS = ["open", "prepare", ...LIST_FUNCTIONS] as const;

/** Whether a value is meant as an implementation, right or wrong. */
const isMeant = (value: unknown): boolean =>
  typeof value === "object" && value !== null &&
  ["precision", ...FORMS].some((member) => member in value);

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === "string";
const isFunction: Test = (value) => typeof value === "function";
const oneOf = (known: readonly unknown[]): Test => (value) => known.includes(value);
const optional = (test: Test): Test => (value) => value === undefined || test(value);

/** Member, what is expected, and whether a value is that. */
const RULES: readonly [member: string, expected: string, fits: Test][] = [
  ["name", "a text", isText],
  ["summary", "a text of one line", isText],
  ["precision", '"float32" or "float64"', oneOf(["float32", "float64"])],
  [
    "needs",
    `a list of ${NEEDS.join(", ")}`,
    optional((value) => Array.isArray(value) && value.every(oneOf(NEEDS))),
  ],
  ["backEnd", `one of ${BACK_ENDS.join(", ")}`, optional(oneOf(BACK_ENDS))],
  ["skipsZeroPixels", "true or false", optional(oneOf([true, false]))],
  ["withOneThread", "the name of a program", optional(isText)],
  ["probe", "a function", optional(isFunction)],
  ["open", "a function", optional(isFunction)],
  ["prepare", "a function", optional(isFunction)],
  ["gradient", "a function", optional(isFunction)],
  ["trainBatch", "a function", optional(isFunction)],
];

function mismatch(member: string, found: unknown, expected: string): string {
  if (found === undefined) return `${member} is missing, expected ${expected}`;
  const shown = typeof found === "string" || typeof found === "number"
    ? JSON.stringify(found)
    : typeof found;
  return `${member} is ${shown}, expected ${expected}`;
}
