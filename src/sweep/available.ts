import { isJavaScript } from "../base/runtime.ts";
import { BrokenFile, InputError } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import { isTimedUnnamed } from "../gradients/availability.ts";
import { isForeign, kindOf } from "../trial/program/kinds.ts";
import { findMpi } from "../trial/ranks/find_mpi.ts";
import type { LeftOut } from "../format/plan.ts";
import type { Failure, Unavailable } from "../format/reason.ts";
import type { SandboxMode } from "../format/sandbox.ts";
import type { Cell, RuntimeName } from "../format/trial_record.ts";
import {
  type Confinement,
  findRuntime,
  type FoundRuntime,
  type Runtime,
} from "../trial/runtimes.ts";
import { describeFile, describeIn } from "./describe_programs.ts";
import { findConfinement } from "./confinement.ts";
import { libraryOf } from "./compile_native.ts";
import { findPython } from "./interpreters.ts";
import { leavesOut, namesMatching } from "./name_patterns.ts";
import { checkCommand } from "./program_command.ts";
import { type Candidate, type Described } from "./schedule.ts";

/** A runtime and its implementations; none where it was not found. */
export interface RuntimePrograms {
  readonly name: RuntimeName;
  readonly found: FoundRuntime;
  readonly candidates: readonly Candidate[];
}

export const firstRuntime = (programs: readonly RuntimePrograms[]): Runtime | undefined =>
  programs.flatMap(({ found }) => found.available ? [found.runtime] : [])[0];

export const firstCandidates = (programs: readonly RuntimePrograms[]): readonly Candidate[] =>
  programs.find(({ found }) => found.available)?.candidates ?? [];

export const candidateIn = (
  programs: readonly RuntimePrograms[],
  { runtime, implementation }: Pick<Cell, "runtime" | "implementation">,
): Candidate | undefined =>
  (!isJavaScript(runtime)
    ? firstCandidates(programs).filter(({ interpreter }) => interpreter?.name === runtime)
    : programs.find(({ name }) => name === runtime)?.candidates)
    ?.find(({ name }) => name === implementation);

/** What runs the plug-ins of a plan. */
export interface Plugins {
  readonly paths: readonly string[];
  /** Commands to try for those in Python. */
  readonly pythons: readonly string[];
  /** Absent: as far as one can be had. */
  readonly sandbox?: SandboxMode | undefined;
}

/**
 * Finds the runtimes and asks each for its implementations. Throws InputError when no runtime is available, and for
 * plug-ins that cannot be used.
 */
export async function findPrograms(
  names: readonly RuntimeName[],
  paths: Partial<Record<RuntimeName, string | undefined>>,
  plugins: Plugins,
  signal?: AbortSignal,
): Promise<RuntimePrograms[]> {
  const confinement = await findConfinement(plugins.sandbox, plugins.paths, names);
  const modules = await Promise.all(
    plugins.paths.filter((path) => !isForeign(path)).map(async (plugin) => ({
      plugin,
      file: await libraryOf(plugin, confinement, signal),
    })),
  );
  const programs = await Promise.all(names.map(async (name): Promise<RuntimePrograms> => {
    const found = await findRuntime(name, paths[name], signal);
    const candidates = found.available
      ? await findCandidates(found.runtime, modules, confinement, signal)
      : [];
    return { name, found, candidates };
  }));
  signal?.throwIfAborted(); // answers may be missing
  if (!programs.some(({ found }) => found.available)) {
    const cause = programs.flatMap(({ found }) => found.available ? [] : [found.reason]);
    throw new InputError("Cannot run anything", "install one of them", { cause });
  }
  const foreign = plugins.paths.filter(isForeign);
  return foreign.length === 0
    ? programs
    : await withForeign(programs, foreign, plugins.pythons, confinement, signal);
}

/** Adds the plug-ins in other languages to the candidates of the first runtime, whose process talks to them. */
async function withForeign(
  programs: readonly RuntimePrograms[],
  plugins: readonly string[],
  pythons: readonly string[],
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
): Promise<RuntimePrograms[]> {
  const host = firstRuntime(programs)!; // checked before
  const candidates = [...firstCandidates(programs)];
  for (const plugin of plugins) {
    const described = kindOf(plugin) === "python"
      ? await describePython(host, plugin, pythons, confinement, signal)
      : await describeProgram(host, plugin, confinement, signal);
    for (const one of described) {
      checkName(one, plugin, candidates);
      candidates.push(one);
    }
  }
  return programs.map((entry) =>
    entry.found.available && entry.found.runtime === host ? { ...entry, candidates } : entry
  );
}

async function describeProgram(
  host: Runtime,
  plugin: string,
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  checkCommand(plugin);
  const described = await describeIn(host, plugin, confinement, signal);
  return described.map((one) => {
    const version = one.availability.available && one.availability.version || "unknown";
    return { ...one, plugin, interpreter: { name: "program", version, path: plugin } };
  });
}

/** Describes a plug-in with the first Python that has the packages that it imports. */
async function describePython(
  host: Runtime,
  plugin: string,
  commands: readonly string[],
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const found = await Promise.all(commands.map((one) => findPython(one, signal)));
  signal?.throwIfAborted();
  let first: unknown;
  for (const interpreter of found.filter((one) => "path" in one)) {
    try {
      const described = await describeIn(
        host,
        plugin,
        confinement,
        signal,
        undefined,
        interpreter,
      );
      return described.map((one) => ({ ...one, plugin, interpreter }));
    } catch (error) {
      first ??= error;
      if (!lacksPackage(error)) throw error;
    }
  }
  if (first !== undefined) throw first;
  const tried = found.flatMap((one) => "path" in one ? [] : [one]);
  throw new InputError(
    `Cannot run plug-in "${plugin}"`,
    "install Python, or name one with --python",
    {
      cause: { kind: "no-language", language: "python", tried } satisfies Unavailable,
    },
  );
}

function lacksPackage(error: unknown): boolean {
  const reason = error instanceof InputError ? error.cause as Failure | undefined : undefined;
  return reason?.kind === "fault" && reason.fault.kind === "missing-package";
}

/**
 * Slope's own implementations and those of the plug-in files. Each file is imported in a process of its own, because
 * importing runs code that may hang or exit. Throws InputError for a plug-in that cannot be used and for two
 * implementations of one name.
 */
async function findCandidates(
  runtime: Runtime,
  plugins: readonly { readonly plugin: string; readonly file: string }[],
  confinement: Confinement | undefined,
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const found: Candidate[] = [...await describeOwn(runtime, signal)];
  for (const { plugin, file } of plugins) {
    for (const implementation of await describeFile(runtime, file, plugin, confinement, signal)) {
      checkName(implementation, plugin, found);
      found.push({ ...implementation, plugin, ...(file !== plugin && { library: file }) });
    }
  }
  return found;
}

const ownOf = new Map<string, Described[]>();

/** Slope's own implementations, asked once for each runtime: a folder of plug-ins asks for every file. */
async function describeOwn(
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<readonly Described[]> {
  const known = ownOf.get(runtime.path);
  if (known !== undefined) return known;
  const described = (await describeIn(runtime, undefined, undefined, signal)).map(withLauncher);
  if (!signal?.aborted) ownOf.set(runtime.path, described);
  return described;
}

/** An MPI job also needs a launcher, which its process does not look for. */
function withLauncher(one: Described): Described {
  if (!one.needs.includes("ranks") || !one.availability.available) return one;
  const mpi = findMpi();
  const availability = mpi.available
    ? { available: true as const, version: mpi.launcher.path }
    : mpi;
  return { ...one, availability };
}

function checkName({ name }: Described, plugin: string, others: readonly Candidate[]): void {
  const other = others.find((one) => one.name === name);
  if (other === undefined) return;
  if (other.plugin === plugin) {
    throw new BrokenFile(`Cannot use plug-in "${plugin}": it is named twice`, "name it once");
  }
  throw new BrokenFile(
    `Cannot use plug-in "${plugin}": its implementation "${name}" has the name of one in ` +
      `${other.plugin ?? "Slope itself"}, expected a name of its own`,
    `rename one of the two; \`${ownCommand("diagnose")}\` examines both as they are`,
  );
}

/**
 * The names that a sweep runs: those given, and everything in a plug-in file of which no name is given. When none are,
 * Slope's own, without those that are for wider networks or several ranks and those in `leftOut`. Throws InputError for an unknown one,
 * with the nearest.
 */
export function chooseImplementations(
  given: readonly string[] | undefined,
  programs: readonly RuntimePrograms[],
  { everyImplementation = false, onlyNamed = false, leftOut = [], networks, hasRanks }: {
    /** Where no name is given, those that are for wider networks belong to the sweep, too. */
    readonly everyImplementation?: boolean;
    /** Plug-ins of which no name is given are left out. */
    readonly onlyNamed?: boolean;
    /** Nobody chooses them unnamed. */
    readonly leftOut?: readonly LeftOut[];
    /** Widths of the layers of each; absent: the usual one. */
    readonly networks?: readonly (readonly number[])[] | undefined;
    /** Numbers of ranks are given, so that an MPI job belongs to the sweep. */
    readonly hasRanks?: boolean;
  } = {},
): string[] {
  const candidates = firstCandidates(programs);
  const isUsual = (one: Candidate) =>
    isTimedUnnamed(one, networks, hasRanks) &&
    !leftOut.some(({ implementation }) => implementation === one.name);
  const namesWhere = (isMeant: (candidate: Candidate) => boolean) =>
    candidates.filter(isMeant).map(({ name }) => name);
  const usual = namesWhere((one) =>
    one.plugin === undefined && (everyImplementation || isUsual(one))
  );
  const all = candidates.map(({ name }) => name);
  const chosen = given === undefined ? usual : namesMatching(given, all, usual);
  const named = candidates.filter(({ name }) => chosen.includes(name)).map(({ plugin }) => plugin);
  const added = onlyNamed
    ? []
    : namesWhere(({ name, plugin }) =>
      plugin !== undefined && !named.includes(plugin) && !leavesOut(given ?? [], name)
    );
  return [...chosen, ...added];
}

/** Slope's own implementations whose only device here is emulated by the processor: nobody chooses one unnamed. */
export function emulatedImplementations(programs: readonly RuntimePrograms[]): LeftOut[] {
  return firstCandidates(programs).filter(({ plugin }) => plugin === undefined).flatMap(
    ({ name }) => {
      const answers = programs.flatMap(({ candidates }) =>
        candidates.filter((one) => one.name === name).map(({ availability }) => availability)
      ).filter((one) => one.available);
      const [first] = answers;
      if (first === undefined || !answers.every(({ software }) => software)) return [];
      return [{ implementation: name, reason: softwareReason(first.version) }];
    },
  );
}

export const softwareReason = (device: string | undefined): LeftOut["reason"] => ({
  kind: "software-device",
  ...(device !== undefined && { device }),
});
