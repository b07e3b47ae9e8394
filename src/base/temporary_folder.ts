import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cannotWriteTemporary } from "./files.ts";
import { ownIdentity, ProcessIdentity, processState } from "./process_identity.ts";

/** Says whose a temporary folder is. Containers with PID namespaces of their own may share one `$TMPDIR`. */
const OWNER_FILE = ".slope-owner.json";

/** Makes a temporary folder that belongs to this process. Throws InputError when the system refuses. */
export async function makeTemporaryFolder() {
  const prefix = join(tmpdir(), `slope-${process.pid}-`);
  let made: string | undefined;
  try {
    const path = made = await mkdtemp(prefix);
    await writeFile(join(path, OWNER_FILE), JSON.stringify(ownIdentity()));
    return { path, remove: () => remove(path) };
  } catch (error) {
    if (made !== undefined) await remove(made).catch(() => {}); // without an owner, nobody else would
    throw cannotWriteTemporary(tmpdir(), error);
  }
}

/** Removes the temporary folders of killed processes: those whose owner has provably ended. */
export async function removeOrphans(): Promise<void> {
  const here = ownIdentity();
  const entries = await readdir(tmpdir()).catch(() => []); // making our own folder reports the reason
  for (const name of entries.filter((entry) => entry.startsWith("slope-"))) {
    const path = join(tmpdir(), name);
    const owner = ownerOf(path);
    if (owner === undefined || processState(owner, here) !== "gone") continue;
    await remove(path).catch(() => {}); // another user's, or another sweep is removing it now
  }
}

/** Undefined where no process says that a folder is its own, as while it is being made. */
function ownerOf(folder: string): ProcessIdentity | undefined {
  try {
    const text = readFileSync(join(folder, OWNER_FILE), "utf8");
    return ProcessIdentity.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

// Windows keeps a file for a moment after its last process has ended.
const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 5 });
