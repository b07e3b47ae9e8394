import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

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
  const queue = [resolve(plugin)];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    const content = contentOf(path);
    found.set(path, content && digestOf(content));
    if (content && !path.endsWith(".json")) {
      queue.push(...importsOf(content.toString("utf8"), dirname(path)));
    }
  }
  return found;
}

/** Undefined while a file is absent, as it is while some editors save. */
export function contentOf(
  path: string,
): Uint8Array & { toString(encoding: "utf8"): string } | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

export const digestOf = (content: Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

function importsOf(text: string, folder: string): string[] {
  return [...text.matchAll(STATIC), ...text.matchAll(CALLED)].map(([, , given]) => {
    const path = resolve(folder, given.replace(/[?#].*$/, ""));
    return ENDINGS.map((ending) => path + ending).find(isFile) ??
      [path.replace(/\.js$/, ".ts")].find(isFile) ?? path;
  });
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
