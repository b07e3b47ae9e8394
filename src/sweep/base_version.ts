import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { closestTo } from "../base/closest.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { makeTemporaryFolder } from "../base/temporary_folder.ts";
import { packageFoldersOf } from "../trial/plugin_project.ts";
import { commandOf, wordsOf } from "../trial/program/kinds.ts";
import { digestsOf } from "./plugin_files.ts";

const execute = promisify(execFile);

/** A commit of the repository in which the user's plug-ins lie. */
export interface BaseCommit {
  /** As the user named it. */
  readonly ref: string;
  readonly gitCommit: string;
  /** Absolute path of its working tree. */
  readonly repository: string;
}

async function git(folder: string, args: readonly string[], env = {}): Promise<string> {
  const { stdout } = await execute("git", ["-C", folder, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  });
  return stdout.trim();
}

const isTrue = (folder: string, args: readonly string[]): Promise<boolean> =>
  git(folder, args).then(() => true, () => false);

/**
 * The commit that `ref` names in the repository of the plug-ins; of `otherwise`, where there are none. Throws InputError
 * where there is no repository or no such commit, and where the plug-ins lie in several repositories.
 */
export async function findBaseCommit(
  ref: string,
  plugins: readonly string[],
  otherwise: string,
): Promise<BaseCommit> {
  const folders = plugins.length === 0 ? [otherwise] : plugins.map((plugin) => folderOf(plugin));
  const repositories = await Promise.all(folders.map((folder) => repositoryOf(ref, folder)));
  const [repository] = repositories;
  const other = repositories.find((one) => one !== repository);
  if (other !== undefined) {
    throw new InputError(
      `Cannot measure against "${ref}": the plug-ins lie in ${repository} and ${other}, ` +
        "expected one repository",
      "measure them one after the other",
    );
  }
  try {
    const commit = await git(repository, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    return { ref, gitCommit: commit, repository };
  } catch (error) {
    throw await noSuchCommit(ref, repository, error);
  }
}

async function repositoryOf(ref: string, folder: string): Promise<string> {
  try {
    return await git(folder, ["rev-parse", "--show-toplevel"]);
  } catch (error) {
    const isAbsent = (error as { code?: unknown }).code === "ENOENT";
    const { stderr = "" } = error as { stderr?: string };
    throw new InputError(
      `Cannot measure against "${ref}": ` +
        (isAbsent ? "git is not installed" : `${folder} is in no git repository that can be read`) +
        (stderr === "" ? "" : ` (${stderr.trim().split("\n")[0]})`),
      isAbsent
        ? "install git, or name the folder of an earlier run"
        : "commit the plug-in to a repository, or name the folder of an earlier run",
      { cause: error },
    );
  }
}

/** A clone may lack a commit that exists: those of continuous integration have one commit, and no other branches. */
async function noSuchCommit(
  ref: string,
  repository: string,
  cause: unknown,
): Promise<InputError> {
  const listed = await git(repository, ["for-each-ref", "--format=%(refname:short)"])
    .catch(() => "");
  const refs = listed.split("\n").filter((one) => one !== "");
  const remote = refs.find((one) => one.endsWith(`/${ref}`));
  const near = remote ?? closestTo(ref, refs);
  const isShallow = await git(repository, ["rev-parse", "--is-shallow-repository"])
    .then((text) => text === "true", () => false);
  const state = isShallow
    ? `this clone of ${repository} is shallow, and lacks that commit`
    : `${repository} has no such branch, tag or commit`;
  return new InputError(
    `Cannot measure against "${ref}": ${state}` +
      (near === undefined ? "" : `; did you mean "${near}"?`),
    isShallow
      ? "fetch the whole history: `git fetch --unshallow`; in a workflow, `fetch-depth: 0` of actions/checkout"
      : "`git branch --all` lists the branches; `git fetch` gets those of others",
    { cause },
  );
}

/** The folder of a plug-in without links; of a command line, this one. */
const folderOf = (plugin: string): string =>
  plugin.startsWith("cmd:") ? process.cwd() : realpathSync(dirname(resolve(plugin)));

/** The files of a commit in a temporary folder, with the packages that are installed now. */
export async function openBaseVersion(
  { gitCommit, repository, ref }: BaseCommit,
  plugins: readonly string[],
) {
  const temporary = await makeTemporaryFolder();
  const tree = join(temporary.path, "tree");
  try {
    await writeTree(repository, gitCommit, temporary.path, tree);
    for (const plugin of plugins) await linkPackages(folderOf(plugin), repository, tree);
  } catch (error) {
    await temporary.remove();
    throw new InputError(
      `Cannot take commit ${gitCommit.slice(0, 12)} ("${ref}") out of ${repository}: ` +
        messageOf(error),
      "`git fsck` checks the repository; free space for temporary files, or name another folder with TMPDIR",
      { cause: error },
    );
  }
  return {
    /** The plug-in as it was; undefined where the commit does not have it. */
    pluginOf: (plugin: string) => pluginIn(tree, repository, plugin),
    remove: temporary.remove,
  };
}

/**
 * An index of its own leaves the user's alone and needs no entry among the repository's worktrees, which a killed process
 * would leave behind. No hook runs, and files that an archive would leave out are there.
 */
async function writeTree(repository: string, commit: string, folder: string, tree: string) {
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  await git(repository, ["read-tree", commit], env);
  await git(repository, ["checkout-index", "--all", `--prefix=${tree}/`], env);
}

/** Packages are in no commit: the installed ones are used, at the same places relative to the plug-in. */
async function linkPackages(folder: string, repository: string, tree: string): Promise<void> {
  for (const packages of packageFoldersOf(folder)) {
    const path = relative(repository, packages);
    const link = path.startsWith("..") ? join(dirname(tree), "node_modules") : join(tree, path);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    // Windows allows every user a junction; other systems ignore the word.
    await symlink(packages, link, "junction");
  }
}

function pluginIn(tree: string, repository: string, plugin: string): string | undefined {
  const placeOf = (path: string): string | undefined => {
    const inside = relative(repository, join(folderOf(path), basename(path)));
    return inside.startsWith("..") ? undefined : join(tree, inside);
  };
  if (!plugin.startsWith("cmd:")) {
    const place = placeOf(plugin);
    return place !== undefined && existsSync(place) ? place : undefined;
  }
  const words = wordsOf(plugin).map((word) => {
    const place = existsSync(word) ? placeOf(word) : undefined;
    return place !== undefined && existsSync(place) ? place : word;
  });
  if (words.every((word) => !word.startsWith(tree))) return undefined;
  return commandOf(words);
}

/** Whether two files and all that they import have the same content. Packages are shared. */
export function areSameCode(one: string, other: string): boolean {
  const contents = (plugin: string) => [...digestsOf(plugin).values()];
  const [a, b] = [contents(one), contents(other)];
  return a.length === b.length && a.every((digest, i) => digest === b[i]);
}

/** Whether the working tree has changes of a plug-in's files that no commit holds. */
export async function hasUncommitted(plugin: string, repository: string): Promise<boolean> {
  const files = [...digestsOf(plugin).keys()].filter((path) =>
    !path.startsWith("cmd:") && !relative(repository, path).startsWith("..") && existsSync(path)
  );
  if (files.length === 0) return false;
  const status = ["status", "--porcelain", "--untracked-files=all", "--", ...files];
  return await git(repository, status).then((text) => text !== "", () => false);
}

/** Whether the base has commits that the present branch lacks. Unknown in a shallow clone. */
export const isAhead = async ({ gitCommit, repository }: BaseCommit): Promise<boolean> =>
  await isTrue(repository, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) &&
  await git(repository, ["rev-parse", "--is-shallow-repository"]).catch(() => "") === "false" &&
  !await isTrue(repository, ["merge-base", "--is-ancestor", gitCommit, "HEAD"]);
