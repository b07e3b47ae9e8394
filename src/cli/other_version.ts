import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import type { Terminal } from "../base/terminal.ts";
import { SLOPE_VERSION } from "../base/version.ts";

/** Warns where the project of the working folder has another version of Slope than the one that runs. */
export function noteOtherVersion({ note }: Pick<Terminal, "note">): void {
  if (!IS_PACKAGE) return;
  const version = versionAbove(process.cwd());
  if (version === undefined || version === SLOPE_VERSION) return;
  note(
    `warning: this is Slope ${SLOPE_VERSION} (${slopeFolder()}); the project has ${version}, ` +
      "which `npx slope` runs",
  );
}

/** The version in the nearest node_modules that has Slope, from this folder upwards; undefined where none has. */
export function versionAbove(folder: string): string | undefined {
  try {
    const manifest = readFileSync(
      join(folder, "node_modules", "slope-bench", "package.json"),
      "utf8",
    );
    const { version } = JSON.parse(manifest);
    if (typeof version === "string") return version;
  } catch {
    // not there, or not to be read
  }
  const above = dirname(folder);
  return above === folder ? undefined : versionAbove(above);
}
