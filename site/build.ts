/**
 * Builds the site into site/dist, from which `index.html` opens without a server. Fails on a dead link.
 * Run: deno task site
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deadLinks } from "./check_links.ts";

const SITE = fileURLToPath(new URL(".", import.meta.url));
const OUTPUT = join(SITE, "dist");

function run(what: string, command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, {
    cwd: SITE,
    stdio: "inherit",
    // npm is a script of the shell on Windows.
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`Cannot ${what}: ${error?.message ?? `exit code ${status}`}`);
    process.exit(1);
  }
}

/** True if the packages of the lock file are there. */
function isInstalled(): boolean {
  const installed = join(SITE, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const packagesOf = (path: string) => {
    const { "": _root, ...others } = JSON.parse(readFileSync(path, "utf8")).packages;
    return Object.entries<{ version: string; optional?: boolean }>(others)
      .filter(([, { optional }]) => !optional)
      .map(([name, { version }]) => `${name}@${version}`).sort().join();
  };
  return packagesOf(installed) === packagesOf(join(SITE, "package-lock.json"));
}

if (!isInstalled()) run("install the site's packages", "npm", "ci", "--no-audit", "--no-fund");
for (const folder of [OUTPUT, join(SITE, ".api")]) rmSync(folder, { recursive: true, force: true });
run("describe the library", "node", join("node_modules", "typedoc", "bin", "typedoc"));
run(
  "build the pages",
  "node",
  join("node_modules", "@11ty", "eleventy", "cmd.cjs"),
  "--config=eleventy.config.js",
  "--quiet",
);
const dead = deadLinks(OUTPUT);
dead.forEach((line) => console.error(line));
if (dead.length > 0) {
  console.error(`Cannot use the site: ${dead.length} dead links`);
  process.exit(1);
}
console.log(pathToFileURL(join(OUTPUT, "index.html")).href);
