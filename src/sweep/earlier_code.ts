import { execFile } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError, messageOf } from "../base/errors.ts";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import { ownCommand } from "../base/own_command.ts";
import { makeTemporaryFolder } from "../base/temporary_folder.ts";
import { firstCandidates, firstRuntime, type RuntimePrograms } from "./available.ts";
import { type Code, describeCode } from "./describe_programs.ts";
import type { Plan, PlanInput } from "../format/plan.ts";
import { areSameCode, hasUncommitted, isAhead, openBaseVersion } from "./base_version.ts";
import { libraryOf } from "./compile_native.ts";
import { findConfinement } from "./confinement.ts";
import { keptPlugin, runnableCopy } from "./plugin_copies.ts";
import { readRunFile } from "./run_folder.ts";

const execute = promisify(execFile);

/** The folder of Slope itself. */
const PROJECT = slopeFolder();

/** What runs an implementation as it was in the earlier run. */
export interface EarlierCode {
  /** For Slope's own: the child of the earlier commit. */
  readonly code?: Code;
  /** For a plug-in: the copy of its file. It runs in the present harness, so that only the plug-in differs. */
  readonly plugin?: string | undefined;
}

/** What the user should know about the earlier code. */
export type ReferenceWarning =
  /** There is no earlier code to compare an implementation with. */
  | { readonly kind: "no-earlier-code"; readonly implementation: string; readonly in: string }
  /** Both versions are the same, so that what differs is noise. */
  | { readonly kind: "same-code"; readonly implementation: string; readonly in: string }
  /** What is measured as the present code is in no commit yet. */
  | { readonly kind: "uncommitted"; readonly implementation: string }
  /** The base has changes that the present branch lacks. */
  | { readonly kind: "base-is-ahead"; readonly ref: string };

type Against = NonNullable<Plan["against"]>;

/** A run by its folder, a commit by its name: for messages. */
const nameOf = (against: Against): string => "ref" in against ? against.ref : against.folder;

export type Reference = NonNullable<Awaited<ReturnType<typeof openReference>>>;

/**
 * Opens, beside the present code, that of the run or commit that `plan.against` names. Slope's own implementations come
 * from a commit of this project; plug-ins from the copies in the run's folder, or from the commit of their repository.
 * The package has no repository, and so no earlier code of its own. Throws InputError if there is none for any of the
 * plan's implementations.
 */
export async function openReference(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  signal?: AbortSignal,
) {
  const { against } = plan;
  if (against === undefined) return undefined;
  const name = nameOf(against);
  const runtime = firstRuntime(programs);
  const pluginOf = (name: string) =>
    firstCandidates(programs).find((one) => one.name === name)?.plugin;
  const own = ownAmong(plan.implementations, programs);
  const codeOf = new Map<string, EarlierCode>();
  const warnings: ReferenceWarning[] = [];
  const temporary: { remove(): Promise<void> }[] = [];
  const close = async () => {
    for (const one of temporary) await one.remove();
  };
  const warn = (implementation: string) =>
    warnings.push({ kind: "no-earlier-code", implementation, in: name });

  try {
    const foreign = plan.implementations.filter((one) => !own.includes(one));
    if (foreign.length > 0) {
      const confinement = await findConfinement(plan.sandbox, plan.plugins, plan.runtimes);
      const source = "ref" in against
        ? await openBaseVersion(against, plan.plugins)
        : openCopies(against.folder);
      temporary.push(source);
      for (const name of foreign) {
        const plugin = await source.pluginOf(pluginOf(name)!);
        if (plugin === undefined) warn(name);
        else codeOf.set(name, { plugin: await libraryOf(plugin, confinement, signal) });
      }
    }
    // A commit of the user's repository has no code of Slope's.
    const isTheirs = "ref" in against && plan.plugins.length > 0;
    if (IS_PACKAGE && !isTheirs) own.forEach(warn);
    else if (own.length > 0 && !isTheirs) {
      const { code, close: remove } = await checkOut(committed(against.gitCommit, name));
      temporary.push({ remove });
      const known = runtime ? await describeCode(runtime, code, signal) : [];
      for (const name of own) {
        if (known.includes(name)) codeOf.set(name, { code });
        else warn(name);
      }
    }
    if (codeOf.size === 0) {
      throw new InputError(
        `Cannot measure against ${name}: none of ${plan.implementations.join(", ")} ` +
          "is in its code",
        IS_PACKAGE && plan.plugins.length === 0
          ? "name a plug-in with --plugin: the package has no earlier code of Slope's own"
          : "name --implementations that it had; measure what is new without --against",
      );
    }
    if ("ref" in against) warnings.push(...await warningsOfBase(against, plan, pluginOf, codeOf));
  } catch (error) {
    await close();
    throw error;
  }
  return { codeOf, warnings, close };
}

async function warningsOfBase(
  against: Extract<Against, { ref: string }>,
  { implementations }: Plan,
  pluginOf: (name: string) => string | undefined,
  codeOf: ReadonlyMap<string, EarlierCode>,
): Promise<ReferenceWarning[]> {
  const warnings: ReferenceWarning[] = [];
  for (const implementation of implementations) {
    const [now, before] = [pluginOf(implementation), codeOf.get(implementation)?.plugin];
    if (now === undefined || before === undefined) continue;
    if (areSameCode(now, before)) {
      warnings.push({ kind: "same-code", implementation, in: against.ref });
    } else if (await hasUncommitted(now, against.repository)) {
      warnings.push({ kind: "uncommitted", implementation });
    }
  }
  if (await isAhead(against)) warnings.push({ kind: "base-is-ahead", ref: against.ref });
  return warnings;
}

/** Plug-ins as they were in an earlier run, from the copies in its folder. */
function openCopies(folder: string) {
  const before = readRunFile(folder);
  const places: { remove(): Promise<void> }[] = [];
  return {
    async pluginOf(plugin: string): Promise<string | undefined> {
      const copy = keptPlugin(before, folder, plugin);
      if (copy === undefined) return undefined;
      const place = await makeTemporaryFolder();
      places.push(place);
      return await runnableCopy(copy, place.path);
    },
    async remove() {
      for (const one of places) await one.remove();
    },
  };
}

/** The names that are Slope's own, and so come from a commit. */
const ownAmong = (names: readonly string[], programs: readonly RuntimePrograms[]): string[] =>
  names.filter((name) =>
    firstCandidates(programs).find((one) => one.name === name)?.plugin === undefined
  );

/**
 * Throws InputError where the code of an earlier run cannot be had: before the data are loaded, because nothing of it
 * takes long.
 */
export async function checkEarlierCode(
  against: NonNullable<PlanInput["against"]>,
  implementations: readonly string[],
  programs: readonly RuntimePrograms[],
): Promise<void> {
  if (IS_PACKAGE || "ref" in against) return;
  if (ownAmong(implementations, programs).length === 0) return;
  const commit = committed(against.gitCommit, against.folder);
  try {
    await execute("git", ["-C", PROJECT, "cat-file", "-e", `${commit}^{commit}`]);
  } catch (error) {
    throw notInRepository(commit, error);
  }
}

const notInRepository = (commit: string, cause: unknown): InputError =>
  new InputError(
    `Cannot take the code of commit ${commit} out of ${PROJECT}: ${messageOf(cause)}`,
    "fetch that commit, and have git and tar installed",
    { cause },
  );

/** The commit of a run; throws InputError where it has none, or changes that no commit holds. */
function committed(gitCommit: string | undefined, run: string): string {
  if (gitCommit === undefined || gitCommit.endsWith("-dirty")) {
    const state = gitCommit === undefined
      ? "the run does not know its commit"
      : `it was run with changes that were not committed (${gitCommit})`;
    throw new InputError(
      `Cannot measure the code of ${run} again: ${state}`,
      "commit before you run what you will measure against; " +
        `\`${ownCommand(`compare ${run} latest`)}\` compares the figures as they are`,
    );
  }
  return gitCommit;
}

/** Writes the tree of a commit of this project to a temporary folder. Its packages are those installed here. */
async function checkOut(commit: string): Promise<{
  code: Code;
  close(): Promise<void>;
}> {
  const { path: folder, remove: close } = await makeTemporaryFolder();
  const archive = join(folder, "code.tar");
  try {
    // git takes paths from the folder in which it runs, which need not be the root of the repository.
    const tree = [".", ":(exclude)results"];
    await execute("git", ["-C", PROJECT, "archive", `--output=${archive}`, commit, ...tree]);
    await execute("tar", ["-xf", archive, "-C", folder]);
    await rm(archive);
    // Windows allows every user a junction; other systems ignore the word.
    await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"), "junction");
  } catch (error) {
    await close();
    throw notInRepository(commit, error);
  }
  return { code: { script: join(folder, "src/child.ts"), codeFolder: folder }, close };
}
