import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import process from "node:process";
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Request } from "../../format/protocol.ts";
import { packageFoldersOf, projectOf } from "../plugin_project.ts";
import { isForeign, kindOf, wordsOf } from "../program/kinds.ts";
import type { Permissions, Runtime } from "../runtimes.ts";
import { type Access, boxWords } from "./bubblewrap.ts";
import { SCRATCH } from "./scratch.ts";

const execute = promisify(execFile);

const SLOPE = fileURLToPath(new URL("../../../", import.meta.url));
const OWN = ["src", "kits", "package.json", "deno.json"].map((name) => join(SLOPE, name));

/** Variables that programs may see: not those in which people keep keys and passwords. */
const VARIABLES =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TERM|NO_COLOR|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH)$/;
const LIBRARY_VARIABLES =
  /^(OPENBLAS|OMP|MKL|BLIS|VECLIB|NUMEXPR|KMP|CUDA|HIP|ROCR|VK|XLA|JAX|TORCH|PYTHON|VIRTUAL_ENV|CONDA_PREFIX|JULIA|R_|GOMP)/;

export interface Boxed {
  /** Words before the command line of Slope's child. */
  readonly before: readonly string[];
  readonly request: Request;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Puts what runs a plug-in into the box: Slope's child, where the plug-in runs inside it, or else the program that the
 * child starts. Whatever is no plug-in, or has no box, stays as it is.
 */
export async function inBox(
  runtime: Runtime,
  request: Request,
  permissions: Permissions,
): Promise<Boxed> {
  const { confinement } = permissions;
  const plugin = "plugin" in request ? request.plugin : undefined;
  const as = { before: [], request, environment: process.env };
  if (confinement === undefined || plugin === undefined) return as;
  const environment = visible(process.env);
  if (confinement.box === undefined) return { ...as, environment };
  const words = (access: Access) => boxWords(confinement.box!, access);
  const data = "data" in request ? [dirname(request.data.trainPixels)] : [];
  if (isForeign(plugin)) {
    const python = "python" in request ? request.python : undefined;
    const read = [
      ...OWN,
      ...data,
      ...(kindOf(plugin) === "python"
        ? [projectOf(plugin).root, ...await pythonFolders(python ?? "python3")]
        : programFolders(plugin)),
    ];
    const write = data.length > 0 ? SCRATCH : undefined;
    const wrapper = words({ read, write, gpu: true });
    return { before: [], request: { ...request, wrapper } as Request, environment };
  }
  const read = [
    ...OWN,
    ...packageFoldersOf(SLOPE),
    ...permissions.read,
    dirname(runtime.path),
    ...(runtime.name === "deno" ? [denoFolder()] : []),
  ];
  const before = words({ read, gpu: permissions.needs.includes("gpu") });
  return { before, request, environment };
}

const visible = (variables: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(variables).filter(([name]) =>
      VARIABLES.test(name) || LIBRARY_VARIABLES.test(name)
    ),
  );

/** Where Deno keeps what it has compiled. */
const denoFolder = (): string =>
  process.env.DENO_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "deno");

const foldersOfPython = new Map<string, Promise<string[]>>();

/** Where an interpreter and its packages lie. */
function pythonFolders(python: string): Promise<string[]> {
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
function programFolders(plugin: string): string[] {
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
