import { dirname } from "node:path";
import { known } from "../base/known.ts";
import type { RunRequest } from "../format/request.ts";
import { librariesOf } from "../gradients/all.ts";
import type { Need } from "../gradients/contract.ts";
import { packageFoldersOf, projectOf } from "./plugin_project.ts";
import { isForeign, kindOf } from "./program/kinds.ts";
import type { Ranked } from "./ranks/ranked_command.ts";
import type { Confinement, Permissions } from "./runtimes.ts";

/** What the process of this trial may read, write and open. */
export function permissionsOf(
  { request, needs, ranked, packages, codeFolder, confinement }: {
    readonly request: RunRequest;
    readonly needs: readonly Need[];
    readonly ranked?: Ranked | undefined;
    readonly packages?: true | undefined;
    readonly codeFolder?: string;
    readonly confinement?: Confinement | undefined;
  },
): Permissions {
  const { data, plugin } = request;
  const libraries = ranked
    ? [ranked.mpi.library.path]
    : plugin === undefined && needs.includes("ffi")
    ? librariesOf(request.cell.implementation)
    : undefined;
  const project = plugin !== undefined && kindOf(plugin) === "module"
    ? projectOf(plugin)
    : undefined;
  const files = [data.trainPixels, data.testPixels, ...(project ? [] : [plugin])];
  const folders = files.flatMap((path) => path === undefined ? [] : [dirname(path)]);
  const code = codeFolder === undefined ? [] : [codeFolder];
  // A peer's packages may be installed in the project that has Slope in its own packages.
  const packageFolders = packages && plugin ? packageFoldersOf(dirname(plugin)) : [];
  return known({
    read: [...new Set([...folders, ...project?.read ?? [], ...code, ...packageFolders])],
    project,
    needs,
    libraries,
    ranked,
    compiles: plugin === undefined && needs.includes("cc") ? true as const : undefined,
    packages,
    confinement,
    programWrites: plugin !== undefined && isForeign(plugin)
      ? [dirname(data.trainPixels)]
      : undefined,
  });
}

/**
 * What a process may read and open that is only asked which implementations a plug-in has, or Slope itself, whose code
 * may lie in `codeFolder`.
 */
export function permissionsToDescribe(
  plugin?: string,
  codeFolder?: string,
  confinement?: Confinement,
): Permissions {
  // Slope's own may open their libraries, so that each can say whether its library is there. A plug-in, which any
  // command with --plugin imports, may open none until one of its implementations is run.
  if (plugin === undefined) {
    const read = codeFolder === undefined ? [] : [codeFolder];
    return { read, needs: [], libraries: librariesOf() ?? [], compiles: true };
  }
  if (kindOf(plugin) === "module") {
    const project = projectOf(plugin);
    return known({ read: project.read, project, needs: [], confinement });
  }
  return {
    read: [dirname(plugin)],
    needs: [],
    ...known({ confinement }),
    ...(isForeign(plugin) && { programWrites: [] }),
    ...(kindOf(plugin) === "native" && { libraries: [plugin] }),
  };
}
