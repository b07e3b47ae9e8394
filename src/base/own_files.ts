import { fileURLToPath } from "node:url";
import { InputError } from "./errors.ts";

/** Slope runs from its package, whose modules are compiled to JavaScript, and not from a checkout of its sources. */
export const IS_PACKAGE: boolean = isCompiled(import.meta.url);

function isCompiled(module: string): boolean {
  return !module.endsWith(".ts");
}

/**
 * Where a module of Slope lies that is started by its address: `path` as in the sources ("./team_worker.ts"), seen from
 * the module at `from`. In the package, it is the compiled one.
 */
export const moduleUrl = (path: string, from: string): URL =>
  new URL(isCompiled(from) ? path.replace(/\.ts$/, ".js") : path, from);

/** The path of the same. Throws InputError where Slope's files do not lie on this machine. */
export const modulePath = (path: string, from: string): string => localPath(moduleUrl(path, from));

function localPath(url: URL): string {
  if (url.protocol === "file:") return fileURLToPath(url);
  throw new InputError(
    `Cannot start processes of Slope from ${url.origin}: they need its files on this machine`,
    "import it from npm:slope-bench",
  );
}

/** The ending of modules that are found in a folder, as those of peers are. */
export const MODULE_ENDING = IS_PACKAGE ? ".js" : ".ts";

/** The folder that holds `src/`, `kits/` and `peers/`, of the checkout and of the package. It ends with a separator. */
export const slopeFolder = (): string => localPath(new URL("../../", import.meta.url));
