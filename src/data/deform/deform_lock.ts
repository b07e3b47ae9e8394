import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { cannotWrite } from "../../base/files.ts";
import { ownIdentity, ProcessIdentity, processState } from "../../base/process_identity.ts";

/** Says which process makes a set in the folder. */
export const LOCK_FILE = "deform.lock";

/**
 * Takes the folder for this process; returns what gives it back. A lock whose process has ended is taken over. Throws
 * InputError where another process has the folder, or may have it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  const own = ownIdentity();
  while (!create(path, own)) {
    const holder = holderOf(path);
    const state = holder === undefined ? "unknown" : processState(holder, own);
    if (state !== "gone") {
      if (existsSync(path)) throw heldBy(folder, path, holder, state);
      continue; // it was given back meanwhile
    }
    // Two processes may see the same dead one. Only what was looked at may go.
    const aside = `${path}.${randomUUID()}`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    if (isSame(holderOf(aside), holder)) rmSync(aside, { force: true });
    else renameSync(aside, path);
  }
  return () => rmSync(path, { force: true });
}

/** Whether the file could be made: another process may have it. */
function create(path: string, own: ProcessIdentity): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw cannotWrite(path, error);
  }
  try {
    writeFileSync(file, JSON.stringify(own) + "\n");
    return true;
  } catch (error) {
    rmSync(path, { force: true }); // empty, it would hold up the next one
    throw cannotWrite(path, error);
  } finally {
    closeSync(file);
  }
}

/** Undefined where there is no such file, or where it is being written. */
function holderOf(path: string): ProcessIdentity | undefined {
  try {
    return ProcessIdentity.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

const isSame = (one: ProcessIdentity | undefined, other: ProcessIdentity | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function heldBy(
  folder: string,
  path: string,
  holder: ProcessIdentity | undefined,
  state: "alive" | "unknown",
): InputError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new InputError(
    `Cannot write to "${folder}": ${who} ${state === "alive" ? "is making" : "began"} a set there`,
    state === "alive"
      ? "let that one end, or name another folder with --out"
      : `let that one end; if it has ended, remove "${path}"`,
  );
}
