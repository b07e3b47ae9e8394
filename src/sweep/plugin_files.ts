import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Buffer } from "node:buffer";
import {
  mappedImport,
  packageFoldersOf,
  type PluginProject,
  projectOf,
} from "../trial/plugin_project.ts";
import { kindOf, wordsOf } from "../trial/program/kinds.ts";

/** SHA-256 of a file; undefined where it cannot be read. */
export type Digest = string | undefined;

/** `import "./a.ts"`, `import … from "./a.ts"` and `export … from "./a.ts"`, at the beginning of a statement. */
const STATIC = /(?:^|[;}])\s*(?:import|export)\b(?:[^"'`;]*?\bfrom)?\s*(["'])([^"'\n]+)\1/gm;
/** `import("./a.ts")`, `require("./a.cjs")` and `new URL("./a.wasm", import.meta.url)`, wherever they stand. */
const CALLED = /\b(?:import|require|createRequire\([^)]*\)|new URL)\s*\(\s*(["'`])([^"'`\n]+)\1/g;
/** `#include "a.h"` in C. */
const INCLUDED = /^\s*#\s*include\s*"([^"\n]+)"/gm;
/** Endings that an import may leave out, as Bun allows. */
const ENDINGS = ["", ".ts", ".mts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/**
 * The plug-in file, its imports, and theirs: absolute path → SHA-256. Imports are found by pattern, not by a parser: one
 * inside a comment may be included; computed paths are not. A package counts by its package.json, which has its
 * version, and with it count the files that decide how imports are found.
 */
export function digestsOf(plugin: string): Map<string, Digest> {
  const found = new Map<string, Digest>();
  // Taken from the end, so that the plug-in comes first.
  const queue = kindOf(plugin) === "program" ? [...filesOf(plugin), plugin] : [resolve(plugin)];
  const project = kindOf(plugin) === "module" ? projectOf(plugin) : undefined;
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const content = contentOf(path);
    found.set(path, content && digestOf(content));
    if (content && !path.endsWith(".json")) {
      queue.push(...importsOf(content.toString("utf8"), path, project));
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
    // An import may name a device or a pipe, which would never end.
    return statSync(path).isFile() ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

export const digestOf = (content: Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** The files that a command line names. */
const filesOf = (plugin: string): string[] =>
  wordsOf(plugin).map((word) => resolve(word)).filter((path) => path !== plugin && isFile(path));

/** `import a.b`, `from .a import b`, `slope.definitions("a.py")`, `slope.lines("a.py", …)`: those that lie beside the file. */
const PYTHON =
  /^[ \t]*(?:import|from)[ \t]+\.?([\w.]+)|\b(?:definitions|lines)\(\s*["']([^"'\n]+)["']/gm;

function pythonImports(text: string, folder: string): string[] {
  return [...text.matchAll(PYTHON)].flatMap(([, module, file]) => {
    const path = module === undefined ? file : module.replaceAll(".", "/");
    const endings = module === undefined ? [""] : [".py", "/__init__.py"];
    return endings.map((ending) => resolve(folder, path + ending)).filter(isFile);
  });
}

function importsOf(text: string, from: string, project: PluginProject | undefined): string[] {
  const folder = dirname(from);
  if (from.endsWith(".py")) return pythonImports(text, folder);
  if (/\.[ch]$/.test(from)) {
    return [...text.matchAll(INCLUDED)].map(([, path]) => resolve(folder, path)).filter(isFile);
  }
  if (project === undefined || !/\.([cm]?[jt]s|[jt]sx)$/.test(from)) return [];
  return [...text.matchAll(STATIC), ...text.matchAll(CALLED)].flatMap(([, , given]) => {
    const mapped = mappedImport(project.imports, given);
    const configs = mapped === undefined ? [] : project.configs;
    const path = pathOf(mapped ?? given, folder);
    if (path === undefined) return packageFiles(mapped ?? given, folder, project);
    return [
      ...configs,
      ENDINGS.map((ending) => path + ending).find(isFile) ??
        [path.replace(/\.js$/, ".ts")].find(isFile) ?? path,
    ];
  });
}

/** The file that an import names, without an ending where it leaves that out; undefined for a package. */
function pathOf(specifier: string, folder: string): string | undefined {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  return /^\.{0,2}\//.test(specifier)
    ? resolve(folder, specifier.replace(/[?#].*$/, ""))
    : undefined;
}

/** What tells the version of an installed package; nothing for modules of the runtime, and for what is not there. */
function packageFiles(name: string, folder: string, { configs }: PluginProject): string[] {
  const [plain] = /^(@[^/]+\/)?[^/]+/.exec(name) ?? [];
  if (plain === undefined || isBuiltin(name)) return [];
  const file = packageFoldersOf(folder).map((one) => join(one, plain, "package.json")).find(isFile);
  return file === undefined ? [] : [file, ...configs];
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // below something that is no folder
  }
}
