import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Addresses of imports by what stands in the import: `imports` of a deno.json, with absolute addresses. */
export type ImportMap = Readonly<Record<string, string>>;

/** The project of a module plug-in: what it may read, and how its imports are found. */
export interface PluginProject {
  /** The folder of its deno.json or package.json; of the file, where there is none. */
  readonly root: string;
  /** Folders that it may read: the project, and packages that lie above it. */
  readonly read: readonly string[];
  /** Empty without a deno.json that has one. */
  readonly imports: ImportMap;
  /** The file that `imports` stand in. */
  readonly importsFile?: string;
  /** The deno.json and package.json that decide how its files are read. */
  readonly configs: readonly string[];
}

const DENO_FILES = ["deno.json", "deno.jsonc"] as const;
const ROOT_FILES = [...DENO_FILES, "package.json"] as const;

/** Finds the project of a plug-in from the files above it. A home folder is no project: its secrets stay unread. */
export function projectOf(plugin: string): PluginProject {
  const folder = dirname(resolve(plugin));
  const folders = upwards(folder).filter((one) => one !== homedir() && one !== parse(one).root);
  const has = (one: string, names: readonly string[]) =>
    names.some((name) => exists(join(one, name)));
  const nearest = folders.find((one) => has(one, ROOT_FILES)) ?? folder;
  const root = folders.slice(folders.indexOf(nearest)).find(isWorkspace) ?? nearest;
  const outside = packageFoldersOf(folder).map((one) => real(one))
    .filter((one) => !isWithin(one, real(root)));
  const { imports, file } = importsOf(folders);
  return {
    root,
    read: [...(root === homedir() ? filesIn(root) : [root]), ...outside],
    imports,
    ...(file !== undefined && { importsFile: file }),
    configs: [...new Set([nearest, root])]
      .flatMap((one) => ROOT_FILES.map((name) => join(one, name)))
      .filter(exists),
  };
}

/** A plug-in that lies in the home folder itself may read the files beside it, but no folder and nothing hidden. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => join(folder, name));

/** The folders of packages that files in this folder import from, the nearest first. */
export const packageFoldersOf = (folder: string): string[] =>
  upwards(folder).map((one) => join(one, "node_modules")).filter(exists);

/** In a process that may read the project alone, nothing is above it. */
function exists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}

/** Where links lead; the path itself where nothing may be read. */
export function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A folder and those above it, the nearest first. */
function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

const isWithin = (path: string, folder: string): boolean => path.startsWith(join(folder, "/"));

/** Its packages lie beside each other, and import each other. */
function isWorkspace(folder: string): boolean {
  return exists(join(folder, "pnpm-workspace.yaml")) ||
    readJson(join(folder, "package.json")).workspaces !== undefined ||
    DENO_FILES.some((name) => readJson(join(folder, name)).workspace !== undefined);
}

/** The imports of the nearest deno.json, or of the file that its `importMap` names. */
function importsOf(folders: readonly string[]): { imports: ImportMap; file?: string } {
  const config = folders.flatMap((one) => DENO_FILES.map((name) => join(one, name)))
    .find(exists);
  if (config === undefined) return { imports: {} };
  const { importMap, imports: own } = readJson(config);
  const file = typeof importMap === "string" ? resolve(dirname(config), importMap) : config;
  const imports = file === config ? own : readJson(file).imports;
  if (typeof imports !== "object" || imports === null) return { imports: {} };
  const base = pathToFileURL(file);
  const given = Object.entries(imports).filter(([, target]) => typeof target === "string");
  const mapped = given.flatMap(([name, target]) => [
    [name, /^\.{0,2}\//.test(target) ? new URL(target, base).href : target],
    // As in Deno, the entry of a package holds for its parts.
    ...(/^(npm|jsr):/.test(target) && !name.endsWith("/")
      ? [[`${name}/`, `${target.replace(/^(npm|jsr):\/?/, "$1:/")}/`]]
      : []),
  ]);
  return { imports: Object.fromEntries(mapped), file };
}

/** A file of JSON with comments and trailing commas; empty where it cannot be read. */
function readJson(path: string): Record<string, unknown> {
  try {
    const text = readFileSync(path, "utf8").replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*[}\]])/g,
      "$1",
    );
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * What an import stands for by the map, as Deno and browsers resolve it: the longest entry that fits. A package comes
 * back as its plain name, which Node and Bun look for in node_modules. Undefined where no entry fits.
 */
export function mappedImport(imports: ImportMap, specifier: string): string | undefined {
  const fitting = Object.keys(imports)
    .filter((name) => name === specifier || (name.endsWith("/") && specifier.startsWith(name)))
    .sort((a, b) => b.length - a.length)[0];
  const target = fitting === undefined
    ? specifier
    : imports[fitting] + specifier.slice(fitting.length);
  const plain = target.replace(/^npm:\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?/, "$1");
  return plain === specifier ? undefined : plain;
}
