import { existsSync, globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { pathHint } from "../../base/own_command.ts";
import { kindOf } from "../../trial/program/kinds.ts";

/** Signs of a pattern that the shell did not expand. */
const PATTERN = /[*?[{]/;

/** A name that can only be a file's or a folder's; a command line begins with "cmd:". */
const PATH_NAME = /^(?!cmd:).*(?:[\\/]|\.(?:[cm]?[jt]s|py|c|so|dylib|dll))$/;

const isMissing = (name: string): boolean => PATH_NAME.test(name) && !existsSync(name);

/** Whether these names stand for files to look up: a folder, a pattern, a path that is not there, or several names. */
export const areMany = (names: readonly string[]): boolean =>
  names.length > 1 ||
  names.some((name) => isFolder(name) || isPattern(name) || isMissing(name));

/**
 * The plug-ins that folders, patterns and files name, each once and sorted. A folder stands for the plug-ins in it, or
 * for those of its folders where it has none itself. Throws InputError for a name that stands for none.
 */
export function pluginPaths(names: readonly string[]): string[] {
  const all = names.flatMap((name) => {
    const found = isFolder(name) ? inFolder(name) : isPattern(name) ? matching(name) : fileOf(name);
    if (found.length > 0) return found;
    throw new InputError(
      `Cannot diagnose "${name}": it holds no plug-in, expected files in .ts, .js, .py or .c, ` +
        "or executable ones",
      "name a folder that holds the programs themselves",
    );
  });
  return [...new Set(all)].sort();
}

/** Folders of these folders that hold no plug-in, where others do: somebody's program may be missing. */
export const foldersWithout = (names: readonly string[]): string[] =>
  names.filter((name) => isFolder(name) && pluginsIn(name).length === 0)
    .flatMap((name) =>
      entriesOf(name).filter((entry) => entry.isDirectory())
        .map((entry) => join(name, entry.name))
    )
    .filter((folder) => pluginsIn(folder).length === 0);

function fileOf(name: string): string[] {
  if (existsSync(name)) return [name];
  throw new InputError(
    `Cannot diagnose "${name}": there is no such file or folder`,
    pathHint(name),
  );
}

function inFolder(folder: string): string[] {
  const own = pluginsIn(folder);
  if (own.length > 0) return own;
  return entriesOf(folder).filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => pluginsIn(join(folder, name)));
}

const pluginsIn = (folder: string): string[] =>
  examinable(entriesOf(folder).map(({ name }) => join(folder, name)));

/** A hidden file, or one of a package, is nobody's program. */
const isOwn = (name: string): boolean => !/^[._]/.test(name) && name !== "node_modules";

const entriesOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true }).filter(({ name }) => isOwn(name));

const matching = (pattern: string): string[] =>
  examinable(globSync(pattern).filter((path) => isOwn(basename(path))));

/**
 * The plug-ins among these, and the notebooks: one is refused, which its author must be told. A plug-in beside it that
 * names it stands for it.
 */
function examinable(paths: readonly string[]): string[] {
  const plugins = paths.filter(isPlugin);
  const isRead = (notebook: string): boolean =>
    plugins.some((path) =>
      path.endsWith(".py") && dirname(path) === dirname(notebook) &&
      readFileSync(path, "utf8").includes(basename(notebook))
    );
  return [...plugins, ...paths.filter((path) => path.endsWith(".ipynb") && !isRead(path))];
}

const SOURCE = /(?<!\.d)\.([cm]?[jt]s|py|c|so|dylib|dll)$/;

const isPlugin = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true &&
  (SOURCE.test(path) || kindOf(path) === "program");

const isFolder = (name: string): boolean =>
  statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isPattern = (name: string): boolean => PATTERN.test(name) && !existsSync(name);
