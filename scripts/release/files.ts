import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A path in the project, from one relative to it. */
export const releaseFile = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Pages and definitions of workflows, which may name a version to install. The changelog names earlier ones. */
export const mentioningPages = (): string[] =>
  git("ls-files", "-z", "*.md", "*.yml", "*.yaml").split("\0")
    .filter((path) => path !== "" && path !== "CHANGELOG.md" && existsSync(releaseFile(path)));

/** What a git command says, without the line's end. Throws with its complaint. */
export function git(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: releaseFile(""),
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Error(`Cannot run git ${args[0]}: ${error?.message ?? stderr.trim()}`);
  }
  return stdout.trimEnd();
}
