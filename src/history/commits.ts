import { spawnSync } from "node:child_process";
import type { FindCommits } from "./history_words.ts";

/** Further commits are counted, not listed. */
const MOST_LISTED = 10;

/** Asks git in the current folder; undefined for commits that it does not know, and without git. */
export const findCommits: FindCommits = (from, to) => {
  const { status, stdout } = spawnSync("git", ["log", "--format=%h %s", `${from}..${to}`, "--"], {
    encoding: "utf8",
    timeout: 5000,
  });
  if (status !== 0) return undefined;
  const commits = stdout.split("\n").filter((line) => line !== "");
  return commits.length > MOST_LISTED
    ? [...commits.slice(0, MOST_LISTED), `… and ${commits.length - MOST_LISTED} more`]
    : commits;
};
