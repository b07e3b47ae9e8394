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
import { libraryOf } from "./compile_native.ts";
import { keptPlugin, runnableCopy } from "./plugin_copies.ts";
import { readRunFile } from "./run_folder.ts";

const execute = promisify(execFile);

const PROJECT = slopeFolder();

/** What runs an implementation as it was in the earlier run. */
export interface EarlierCode {
  /** For Slope's own: the child of the earlier commit. */
  readonly code?: Code;
  /** For a plug-in: the copy of its file. It runs in the present harness, so that only the plug-in differs. */
  readonly plugin?: string | undefined;
}

/** There is no earlier code to compare an implementation with. */
export interface NoEarlierCode {
  readonly kind: "no-earlier-code";
  readonly implementation: string;
  readonly folder: string;
}

export type Reference = NonNullable<Awaited<ReturnType<typeof openReference>>>;

/**
 * Opens, beside the present code, that of the run that `plan.against` names: the commit for Slope's own
 * implementations, from this project's repository; the copies in the run's folder for plug-ins. The package has no
 * repository, and so no earlier code of its own. Throws InputError if there is none for any of the plan's
 * implementations.
 */
export async function openReference(
  plan: Plan,
  programs: readonly RuntimePrograms[],
  signal?: AbortSignal,
) {
  if (plan.against === undefined) return undefined;
  const { folder, gitCommit } = plan.against;
  const before = readRunFile(folder);
  const runtime = firstRuntime(programs);
  const pluginOf = (name: string) =>
    firstCandidates(programs).find((one) => one.name === name)?.plugin;
  const own = ownAmong(plan.implementations, programs);
  const codeOf = new Map<string, EarlierCode>();
  const warnings: NoEarlierCode[] = [];
  const temporary: { remove(): Promise<void> }[] = [];
  const close = async () => {
    for (const one of temporary) await one.remove();
  };
  const warn = (implementation: string) =>
    warnings.push({ kind: "no-earlier-code", implementation, folder });

  try {
    for (const name of plan.implementations.filter((one) => !own.includes(one))) {
      const copy = keptPlugin(before, folder, pluginOf(name));
      if (copy === undefined) {
        warn(name);
        continue;
      }
      const place = await makeTemporaryFolder();
      temporary.push(place);
      codeOf.set(name, { plugin: await libraryOf(await runnableCopy(copy, place.path)) });
    }
    if (IS_PACKAGE) own.forEach(warn);
    else if (own.length > 0) {
      const { code, close: remove } = await checkOut(committed(gitCommit, folder));
      temporary.push({ remove });
      const known = runtime ? await describeCode(runtime, code, signal) : [];
      for (const name of own) {
        if (known.includes(name)) codeOf.set(name, { code });
        else warn(name);
      }
    }
    if (codeOf.size === 0) {
      throw new InputError(
        `Cannot measure against ${folder}: none of ${plan.implementations.join(", ")} ` +
          "is in its code",
        IS_PACKAGE
          ? "name a plug-in with --plugin: the package has no earlier code of Slope's own"
          : "name --implementations that it had",
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { codeOf, warnings, close };
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
  { gitCommit, folder }: NonNullable<PlanInput["against"]>,
  implementations: readonly string[],
  programs: readonly RuntimePrograms[],
): Promise<void> {
  if (IS_PACKAGE || ownAmong(implementations, programs).length === 0) return;
  const commit = committed(gitCommit, folder);
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
