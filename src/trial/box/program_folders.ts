import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, parse, resolve, sep } from "node:path";
import process from "node:process";
import { runToEnd } from "../../base/run_to_end.ts";
import { wordsOf } from "../program/kinds.ts";
import { SAFE_PATH } from "../safe_path.ts";

const ROOTS = ["pyproject.toml", "setup.py", "requirements.txt", ".git", "package.json"];

/** The folder of the project of a program in Python or C; the file's own where nothing marks one. */
export function projectFolder(plugin: string): string {
  const own = dirname(resolve(plugin));
  for (let folder = own; folder !== parse(folder).root; folder = dirname(folder)) {
    if (folder === homedir()) break;
    if (ROOTS.some((name) => existsSync(join(folder, name)))) return folder;
  }
  return own;
}

/** `sys.path.insert(0, "/a")`, `sys.path.append("../a")`, `slope.definitions("/a/b.py")`, `slope.lines("/a/b.py", …)`. */
const NAMED =
  /\b(?:sys\.path\.(?:insert|append)|definitions|lines)\(\s*(?:\d+\s*,\s*)?["']([^"'\n]+)["']/g;

/** `#include "/a/b.h"` in C. */
const INCLUDED = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;

/**
 * Folders that a program in Python or C names as those of its modules or headers. A link may not lead to a folder of the
 * system, such as /etc, and no name to a hidden folder of the user, such as ~/.ssh.
 */
export function namedFolders(plugin: string, home: string = homedir()): string[] {
  const text = readFileSync(plugin, "utf8");
  return [...text.matchAll(plugin.endsWith(".c") ? INCLUDED : NAMED)].flatMap(([, name]) => {
    const path = resolve(dirname(resolve(plugin)), name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const folder = found.isDirectory() ? path : dirname(path);
    const real = realpathSync(folder);
    const isOfSystem = dirname(real) === parse(real).root ||
      /^\/(etc|proc|sys|dev|run)\//.test(real);
    return isOfSystem || isHidden(real, home) ? [] : [folder];
  });
}

const isHidden = (path: string, home: string): boolean =>
  existsSync(home) && path.startsWith(realpathSync(home) + sep + ".");

const foldersOfPython = new Map<string, Promise<string[]>>();

/** Where an interpreter and its packages lie. */
export function pythonFolders(python: string): Promise<string[]> {
  const known = foldersOfPython.get(python) ?? askPython(python);
  foldersOfPython.set(python, known);
  return known;
}

async function askPython(python: string): Promise<string[]> {
  const code = SAFE_PATH + "import json, os; print(json.dumps([os.path.dirname(os.path.realpath(" +
    "sys.executable)), sys.prefix, sys.base_prefix, sys.exec_prefix] + sys.path))";
  try {
    const stdout = await runToEnd(python, ["-c", code], { timeoutMs: 20_000 });
    const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as string[];
    return [dirname(python), ...told].filter(isAbsolute);
  } catch {
    return []; // starting it will say why
  }
}

/** Where a command on PATH and what it was installed with lie; it may be a link into another folder. */
export function commandFolders(command: string): string[] {
  const path = onPath(command);
  if (path === undefined) return [];
  const real = realpathSync(path);
  return [dirname(path), dirname(real), ...installedWith(real, homedir())];
}

/** Where an executable and the files that its command line names lie, and what it was installed with at home. */
export function programFolders(plugin: string, home: string = homedir()): string[] {
  return wordsOf(plugin).flatMap((word, n) => {
    const path = n === 0 ? onPath(word) : resolve(word);
    if (path === undefined || !existsSync(path)) return [];
    const real = realpathSync(path);
    return [dirname(path), dirname(real), ...installedWith(real, home)];
  });
}

const onPath = (command: string): string | undefined =>
  command.includes("/")
    ? resolve(command)
    : (process.env.PATH ?? "").split(delimiter).map((one) => join(one, command)).find(existsSync);

/** "~/.juliaup/bin/julia" was installed with all of "~/.juliaup"; Julia's packages lie in "~/.julia". */
function installedWith(path: string, home: string): string[] {
  if (!path.includes("/bin/")) return [];
  const isAtHome = path.startsWith(home + sep + ".");
  const folder = isAtHome ? [join(home, path.slice(home.length + 1).split("/")[0])] : [];
  return [...folder, dirname(dirname(path)), ...(/julia/.test(path) ? [join(home, ".julia")] : [])];
}
