import { realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import process from "node:process";
import type { Unavailable } from "../../format/reason.ts";
import {
  MPI_FAMILIES,
  MPI_LIBRARY_FOLDERS,
  MPI_LIBRARY_NAMES,
  type MpiFamily,
  type MpiLibrary,
} from "../../gradients/mpi_allreduce/mpi_library.ts";

/** Names the launcher: a command on PATH or its path, with arguments of its own. */
const LAUNCHER_VARIABLE = "SLOPE_MPIEXEC";
/** Names the library by its path. */
const LIBRARY_VARIABLE = "SLOPE_MPI_LIBRARY";

/** What starts the processes of a job. */
export interface Launcher {
  readonly kind: "hydra" | "open-mpi" | "srun";
  /** Absolute path. */
  readonly path: string;
  /** Arguments of the user: where there are any, they decide where ranks run. */
  readonly args: readonly string[];
}

/** A launcher and the library that belongs to it. */
export interface Mpi {
  readonly available: true;
  readonly launcher: Launcher;
  readonly library: MpiLibrary;
}

type NoMpi = {
  readonly available: false;
  readonly reason: Extract<Unavailable, { kind: "no-mpi" }>;
};

type Variables = Readonly<Record<string, string | undefined>>;

/** The part of the file system that is looked at. */
interface Files {
  isFile(path: string): boolean;
  /** Where links lead; the path itself if that is unknown. */
  target(path: string): string;
}

/** Launchers on PATH, by preference: first that of the user's choice, which has no second name. */
const COMMANDS = ["mpiexec", "mpirun", "mpiexec.mpich", "mpiexec.hydra", "mpiexec.openmpi"];

/**
 * Finds a launcher and the library that belongs to it. A library under another MPI's launcher sees a single process, so
 * that the launcher decides: by the name of what it links to (mpiexec.hydra is MPICH's, orterun Open MPI's), or by the
 * library beside it. Starts no process.
 */
export function findMpi(variables: Variables = process.env, files: Files = SYSTEM): Mpi | NoMpi {
  const [given, ...args] = (variables[LAUNCHER_VARIABLE] ?? "").trim().split(/\s+/);
  const found = (name: string): string[] => onPath(name, variables, files);
  const paths = given !== ""
    ? found(given).slice(0, 1)
    : [...COMMANDS, ...(variables.SLURM_JOB_ID === undefined ? [] : ["srun"])].flatMap(found);
  if (paths.length === 0) return none("launcher", given || undefined);
  const named = variables[LIBRARY_VARIABLE] || undefined;
  if (named !== undefined && !files.isFile(named)) return none("library", named);
  for (const path of paths) {
    const family = familyOf(path, files);
    const library = named === undefined
      ? libraryOf(path, family, variables, files)
      : { family: familyOfLibrary(named, files) ?? family ?? "mpich", path: named };
    if (library === undefined) continue;
    const isSrun = basename(path) === "srun";
    const kind = isSrun ? "srun" : (family ?? library.family) === "mpich" ? "hydra" : "open-mpi";
    return { available: true, launcher: { kind, path, args }, library };
  }
  return none("library", paths[0]);
}

const none = (lacks: "launcher" | "library", of: string | undefined): NoMpi => ({
  available: false,
  reason: { kind: "no-mpi", lacks, ...(of !== undefined && { of }) },
});

/** Every file of this name in the folders of PATH; a path stands for itself. */
function onPath(name: string, { PATH = "" }: Variables, files: Files): string[] {
  const places = name.includes("/")
    ? [isAbsolute(name) ? name : join(process.cwd(), name)]
    : PATH.split(delimiter).filter((folder) => folder !== "").map((folder) => join(folder, name));
  return places.filter((path) => files.isFile(path));
}

/** The family of a launcher; undefined for one that starts programs of any. */
function familyOf(launcher: string, files: Files): MpiFamily | undefined {
  const target = files.target(launcher);
  if (basename(launcher) === "srun") return undefined;
  for (const name of [basename(target), basename(launcher)]) {
    if (/hydra|mpich/.test(name)) return "mpich";
    if (/openmpi|orte|prte/.test(name)) return "open-mpi";
  }
  return MPI_FAMILIES.find((family) =>
    ownFolders(launcher, files).some((folder) => libraryIn(folder, family, files))
  );
}

function familyOfLibrary(path: string, files: Files): MpiFamily | undefined {
  return [path, files.target(path)].flatMap((one) =>
    MPI_FAMILIES.filter((family) =>
      MPI_LIBRARY_NAMES[family].some((name) => basename(one).startsWith(name))
    )
  )[0];
}

/** The library of a launcher: beside it, where programs look first, or in a usual place. */
function libraryOf(
  launcher: string,
  family: MpiFamily | undefined,
  { LD_LIBRARY_PATH = "" }: Variables,
  files: Files,
): MpiLibrary | undefined {
  const folders = [
    ...ownFolders(launcher, files),
    ...LD_LIBRARY_PATH.split(delimiter).filter(isAbsolute),
    ...MPI_LIBRARY_FOLDERS,
  ];
  for (const one of family ? [family] : MPI_FAMILIES) {
    for (const folder of folders) {
      const path = libraryIn(folder, one, files);
      if (path !== undefined) return { family: one, path };
    }
  }
  return undefined;
}

/** Folders of libraries beside the `bin` of a launcher. That of the system holds those of every MPI. */
function ownFolders(launcher: string, files: Files): string[] {
  const prefixes = [launcher, files.target(launcher)].map((path) => dirname(dirname(path)));
  return [...new Set(prefixes)].filter((prefix) => prefix !== "/usr" && prefix !== "/")
    .flatMap((prefix) => [join(prefix, "lib"), join(prefix, "lib64")]);
}

const libraryIn = (folder: string, family: MpiFamily, files: Files): string | undefined =>
  MPI_LIBRARY_NAMES[family].map((name) => join(folder, name)).find(files.isFile);

const SYSTEM: Files = {
  isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  target(path) {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  },
};

/** How a trial is started on so many ranks; undefined without MPI. */
export function rankedHere(ranks: number): { ranks: number; mpi: Mpi } | undefined {
  const mpi = findMpi();
  return mpi.available ? { ranks, mpi } : undefined;
}

/**
 * The most ranks that may run at once: one on each core. Slurm's allocation may have more than this machine, and where the
 * user gives the launcher's arguments, the launcher decides.
 */
export function mostRanks(cores: number, variables: Variables = process.env): number {
  const mpi = findMpi(variables);
  if (mpi.available && mpi.launcher.args.length > 0) return Infinity;
  return Math.max(cores, Number(variables.SLURM_NTASKS) || 0);
}
