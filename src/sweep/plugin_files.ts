import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Buffer } from "node:buffer";
import { kindOf, wordsOf } from "../trial/program/kinds.ts";

/** SHA-256 of a file; undefined where it cannot be read. */
export type Digest = string | undefined;

/** `import "./a.ts"`, `import … from "./a.ts"` and `export … from "./a.ts"`, at the beginning of a statement. */
const STATIC = /(?:^|[;}])\s*(?:import|export)\b(?:[^"'`;]*?\bfrom)?\s*(["'])(\.[^"'\n]+)\1/gm;
/** `import("./a.ts")` and `require("./a.cjs")`, wherever they stand. */
const CALLED = /\b(?:import|require)\s*\(\s*(["'`])(\.[^"'`\n]+)\1/g;
/** Endings that an import may leave out, as Bun allows. */
const ENDINGS = ["", ".ts", ".mts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/**
 * The plug-in file, its relative imports, and theirs: absolute path → SHA-256. Imports are found by pattern, not by a
 * parser: one inside a comment may be included; packages and computed paths are not.
 */
export function digestsOf(plugin: string): Map<string, Digest> {
  const found = new Map<string, Digest>();
  const queue = kindOf(plugin) === "program" ? [plugin, ...filesOf(plugin)] : [resolve(plugin)];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const content = contentOf(path);
    found.set(path, content && digestOf(content));
    if (content && !path.endsWith(".json")) {
      queue.push(...importsOf(content.toString("utf8"), path));
    }
  }
  return found;
}

/** Undefined while a file is absent, as it is while some editors save. */
export function contentOf(
  path: string,
): Uint8Array & { toString(encoding: "utf8"): string } | undefined {
  // The content of a command line is the command line.
  if (path.startsWith("cmd:")) return Buffer.from(path);
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

export const digestOf = (content: Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** The files that a command line names. */
const filesOf = (plugin: string): string[] =>
  wordsOf(plugin).map((word) => resolve(word)).filter((path) => path !== plugin && isFile(path));

/** `import a.b`, `from .a import b`, `slope.definitions("a.py")`: those that lie beside the file. */
const PYTHON = /^[ \t]*(?:import|from)[ \t]+\.?([\w.]+)|\bdefinitions\(\s*["']([^"'\n]+)["']/gm;

function pythonImports(text: string, folder: string): string[] {
  return [...text.matchAll(PYTHON)].flatMap(([, module, file]) => {
    const path = module === undefined ? file : module.replaceAll(".", "/");
    const endings = module === undefined ? [""] : [".py", "/__init__.py"];
    return endings.map((ending) => resolve(folder, path + ending)).filter(isFile);
  });
}

function importsOf(text: string, from: string): string[] {
  const folder = dirname(from);
  if (from.endsWith(".py")) return pythonImports(text, folder);
  if (!/\.([cm]?[jt]s|[jt]sx)$/.test(from)) return [];
  return [...text.matchAll(STATIC), ...text.matchAll(CALLED)].map(([, , given]) => {
    const path = resolve(folder, given.replace(/[?#].*$/, ""));
    return ENDINGS.map((ending) => path + ending).find(isFile) ??
      [path.replace(/\.js$/, ".ts")].find(isFile) ?? path;
  });
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
