import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import { gitCommit } from "../machine/host.ts";

/** The commit of Slope's own code: of its checkout, or the one that its package was made from. */
export async function ownCommit(): Promise<string | undefined> {
  if (!IS_PACKAGE) return await gitCommit(slopeFolder());
  const { gitHead } = JSON.parse(await readFile(join(slopeFolder(), "package.json"), "utf8"));
  return typeof gitHead === "string"
    ? gitHead.replace(/^([0-9a-f]{12})[0-9a-f]*/, "$1")
    : undefined;
}

/** Folders with all of Slope's code that a trial may run. */
const CODE_FOLDERS = ["kits", "peers", "src"];
/** What others put there, and what no trial runs. */
const NO_CODE = /^(?:\.|node_modules$|__pycache__$)|_test\.ts$|\.map$/;

let own: string | undefined;

/**
 * The digest of Slope's own code in this process: a commit does not tell two changed checkouts apart, and an image has
 * none. Undefined where it cannot be read.
 */
export function ownCodeDigest(): string | undefined {
  try {
    return own ??= codeDigest(slopeFolder()); // what is loaded stays, whatever becomes of the files
  } catch {
    return undefined; // no permission
  }
}

/** SHA-256 of the names and contents of all code in a folder of Slope. */
export function codeDigest(folder: string): string {
  const hash = createHash("sha256");
  for (const path of CODE_FOLDERS.flatMap((one) => filesIn(folder, one))) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Paths of the files in a folder and below, with `/`, in an order that no language decides. */
function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !NO_CODE.test(name))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(root, path) : entry.isFile() ? [path] : [];
    });
}
