import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, parse, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { wordsOf } from "../program/kinds.ts";

const execute = promisify(execFile);

const ROOTS = ["pyproject.toml", "setup.py", "requirements.txt", ".git", "package.json"];

/** The folder of a Python program's project; the file's own where nothing marks one. */
export function pythonProject(plugin: string): string {
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

/** Folders that a Python program names as those of its modules. */
export function namedFolders(plugin: string): string[] {
  const text = readFileSync(plugin, "utf8");
  return [...text.matchAll(NAMED)].flatMap(([, name]) => {
    const path = resolve(dirname(resolve(plugin)), name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const folder = found.isDirectory() ? path : dirname(path);
    return dirname(folder) === parse(folder).root ? [] : [folder]; // as /etc
  });
}

const foldersOfPython = new Map<string, Promise<string[]>>();

/** Where an interpreter and its packages lie. */
export function pythonFolders(python: string): Promise<string[]> {
  const known = foldersOfPython.get(python) ?? askPython(python);
  foldersOfPython.set(python, known);
  return known;
}

async function askPython(python: string): Promise<string[]> {
  const code = "import json, os, sys; print(json.dumps([os.path.dirname(os.path.realpath(" +
    "sys.executable)), sys.prefix, sys.base_prefix, sys.exec_prefix] + sys.path[1:]))";
  try {
    const { stdout } = await execute(python, ["-c", code], { timeout: 20_000 });
    const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as string[];
    return [dirname(python), ...told].filter(isAbsolute);
  } catch {
    return []; // starting it will say why
  }
}

/** Where an executable and the files that its command line names lie, and what it was installed with at home. */
export function programFolders(plugin: string): string[] {
  return wordsOf(plugin).flatMap((word, n) => {
    const path = n === 0 ? onPath(word) : resolve(word);
    if (path === undefined || !existsSync(path)) return [];
    const real = realpathSync(path);
    return [dirname(path), dirname(real), ...installedWith(real)];
  });
}

const onPath = (command: string): string | undefined =>
  command.includes("/")
    ? resolve(command)
    : (process.env.PATH ?? "").split(delimiter).map((one) => join(one, command)).find(existsSync);

/** "~/.juliaup/bin/julia" was installed with all of "~/.juliaup"; Julia's packages lie in "~/.julia". */
function installedWith(path: string): string[] {
  const home = homedir();
  if (!path.includes("/bin/")) return [];
  const isAtHome = path.startsWith(join(home, "."));
  const folder = isAtHome ? [join(home, path.slice(home.length + 1).split("/")[0])] : [];
  return [...folder, dirname(dirname(path)), ...(/julia/.test(path) ? [join(home, ".julia")] : [])];
}
