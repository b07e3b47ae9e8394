import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { git, succeeds } from "./commands.ts";

/** The files of a run from which everything else follows. */
const KEPT = ["run.json", "trials.jsonl"];
/** Other jobs may push at the same time. */
const MOST_TRIES = 3;

const AUTHOR = {
  GIT_AUTHOR_NAME: "slope",
  GIT_AUTHOR_EMAIL: "slope@localhost",
  GIT_COMMITTER_NAME: "slope",
  GIT_COMMITTER_EMAIL: "slope@localhost",
};

/**
 * Adds a run to a branch that holds runs alone, and pushes it. The working tree and the index stay as they are. Rejects
 * where the branch cannot be pushed.
 */
export async function addToBranch(folder: string, run: string, branch: string): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "slope-history-"));
  const environment = { ...AUTHOR, GIT_INDEX_FILE: join(temporary, "index") };
  try {
    for (let attempt = 1;; attempt++) {
      const tip = await tipOf(folder, branch);
      await git(
        folder,
        tip === undefined ? ["read-tree", "--empty"] : ["read-tree", tip],
        environment,
      );
      for (const file of KEPT) {
        const blob = await git(folder, ["hash-object", "-w", "--no-filters", join(run, file)]);
        const entry = `100644,${blob},${basename(run)}/${file}`;
        await git(folder, ["update-index", "--add", "--cacheinfo", entry], environment);
      }
      const tree = await git(folder, ["write-tree"], environment);
      const parent = tip === undefined ? [] : ["-p", tip];
      const message = ["-m", `Run ${basename(run)}`];
      const commit = await git(folder, ["commit-tree", tree, ...parent, ...message], environment);
      const push = git(folder, ["push", "--quiet", "origin", `${commit}:refs/heads/${branch}`]);
      if (attempt === MOST_TRIES) return void await push;
      if (await succeeds(push)) return;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Undefined where the remote has no such branch. */
async function tipOf(folder: string, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  if (!await succeeds(git(folder, ["fetch", "--quiet", "--depth=1", "origin", ref]))) {
    return undefined;
  }
  return await git(folder, ["rev-parse", "FETCH_HEAD"]);
}

/** Writes the runs of the branch to a folder; false where the remote has no such branch. */
export async function readBranch(folder: string, branch: string, to: string): Promise<boolean> {
  const tip = await tipOf(folder, branch);
  if (tip === undefined) return false;
  mkdirSync(to, { recursive: true });
  const environment = { GIT_INDEX_FILE: join(to, ".index") };
  await git(folder, ["read-tree", tip], environment);
  await git(folder, ["checkout-index", "--all", `--prefix=${to}/`], environment);
  rmSync(environment.GIT_INDEX_FILE);
  return true;
}
