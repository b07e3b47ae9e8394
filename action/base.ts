import { basename, dirname, resolve } from "node:path";
import { git, succeeds } from "./commands.ts";

/**
 * The commit of the base version. A workflow's clone often has the newest commit alone: the base is fetched then, with
 * what the clone may read anyway. Throws Error where it cannot be had.
 */
export async function commitOfBase(base: string, folder: string): Promise<string> {
  const commit = () => git(folder, ["rev-parse", "--verify", "--quiet", `${base}^{commit}`]);
  if (await succeeds(commit())) return await commit();
  const remote = base.replace(/^origin\//, "");
  const fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "origin", remote];
  if (await succeeds(git(folder, fetch))) return await git(folder, ["rev-parse", "FETCH_HEAD"]);
  throw new Error(
    `Cannot find the base version "${base}": this clone lacks it, and it cannot be fetched. ` +
      "Set `fetch-depth: 0` for actions/checkout, or name another `base`",
  );
}

/**
 * Whether a commit has this plug-in, whose path is absolute or starts at the folder. A command line counts as there:
 * nobody knows its files.
 */
export const isInCommit = async (
  commit: string,
  plugin: string,
  folder: string,
): Promise<boolean> =>
  plugin.startsWith("cmd:") || await succeeds(
    git(dirname(resolve(folder, plugin)), ["cat-file", "-e", `${commit}:./${basename(plugin)}`]),
  );
