import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { mappedImport, projectOf, real } from "./plugin_project.ts";

interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
}

/** What Node has since 22.15, and what its types here may lack. */
interface Hooks {
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: { parentURL?: string },
      next: (specifier: string, context: unknown) => Resolved,
    ): Resolved;
  }): void;
}

interface BunPlugins {
  plugin(plugin: {
    name: string;
    setup(build: {
      onResolve(
        filter: { filter: RegExp },
        resolve: (asked: { path: string; importer: string }) => { path: string } | undefined,
      ): void;
      module(name: string, load: () => Promise<{ exports: unknown; loader: "object" }>): void;
    }): void;
  }): void;
  resolveSync(specifier: string, folder: string): string;
}

/**
 * Makes the imports of a plug-in's deno.json work in Node and Bun, for files of its project only; Deno gets them as an
 * import map with its command line. In Node, a file of the project that imports or exports is a module, whatever its
 * package.json says, as it is in the other two: `npm init` makes projects of type "commonjs".
 */
export function useImportsOf(plugin: string): void {
  const { name } = CURRENT_RUNTIME;
  if (name === "deno") return;
  const { root, imports } = projectOf(plugin);
  const inside = join(root, "/");
  if (name === "node") {
    // Node follows links before it asks for a file's format.
    const folders = [inside, join(real(root), "/")].map((folder) => pathToFileURL(folder).href);
    const isWithin = (url = "") => folders.some((folder) => url.startsWith(folder));
    (nodeModule as unknown as Hooks).registerHooks?.({
      resolve(specifier, context, next) {
        const resolved = next(
          isWithin(context.parentURL) ? mappedImport(imports, specifier) ?? specifier : specifier,
          context,
        );
        return isWithin(resolved.url)
          ? { ...resolved, format: formatOf(resolved.url) ?? resolved.format }
          : resolved;
      },
    });
    return;
  }
  if (Object.keys(imports).length === 0) return;
  const { Bun } = globalThis as unknown as { Bun: BunPlugins };
  Bun.plugin({
    name: "imports of a plug-in's deno.json",
    setup(build) {
      // Bun asks for paths only; it looks for the name of a package itself, unless a module of this name is there.
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
        const mapped = importer.startsWith(inside) ? mappedImport(imports, path) : undefined;
        return mapped?.startsWith("file:") ? { path: fileURLToPath(mapped) } : undefined;
      });
      for (const name of Object.keys(imports).filter((one) => !one.endsWith("/"))) {
        const mapped = mappedImport(imports, name);
        if (mapped === undefined) continue;
        build.module(name, async () => ({
          exports: await import(Bun.resolveSync(mapped, root)),
          loader: "object",
        }));
      }
    },
  });
}

/** Whole words: CommonJS has lines such as `exports.sum = …`. */
const MODULE_SYNTAX = /^\s*(?:import(?:\s+[\w$]|\s*["'{*])|export(?:\s+\w|\s*[{*]))/m;

const COMMENT = /^\s*\/\*[\s\S]*?\*\//gm;

/** The format of a file of a project that is a module by its text; undefined where Node decides well. */
export function formatOf(url: string): "module" | "module-typescript" | undefined {
  if (!/^file:.*\.[jt]s$/.test(url) || url.includes("/node_modules/")) return undefined;
  try {
    const text = readFileSync(fileURLToPath(url), "utf8").replaceAll(COMMENT, "");
    if (!MODULE_SYNTAX.test(text)) return undefined;
  } catch {
    return undefined; // Node says why it cannot be read
  }
  return url.endsWith(".ts") ? "module-typescript" : "module";
}
