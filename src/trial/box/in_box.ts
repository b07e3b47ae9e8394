import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { slopeFolder } from "../../base/own_files.ts";
import type { Request } from "../../format/request.ts";
import { packageFoldersOf } from "../plugin_project.ts";
import { isForeign, kindOf } from "../program/kinds.ts";
import type { Permissions, Runtime } from "../runtimes.ts";
import { type Access, boxWords } from "./bubblewrap.ts";
import { namedFolders, programFolders, projectFolder, pythonFolders } from "./program_folders.ts";
import { SCRATCH } from "./scratch.ts";

const SLOPE = slopeFolder();
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
        ? [
          projectFolder(plugin),
          ...(confinement.isStrict ? [] : namedFolders(plugin)),
          ...await pythonFolders(python ?? "python3"),
        ]
        : programFolders(plugin)),
    ];
    const write = data.length > 0 ? SCRATCH : undefined;
    const wrapper = words({ read, write, gpu: true });
    return { before: [], request: { ...request, wrapper } as Request, environment };
  }
  // Lines of a CPU profile come from what Deno compiled, which it could not keep in the box. Its permissions hold.
  const isProfiledInDeno = runtime.name === "deno" && permissions.inspector;
  if (isProfiledInDeno && kindOf(plugin) === "module") return { ...as, environment };
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
