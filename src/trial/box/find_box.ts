import { rmSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { messageOf } from "../../base/errors.ts";
import { runToEnd } from "../../base/run_to_end.ts";
import { makeTemporaryFolder } from "../../base/temporary_folder.ts";
import type { NoBox } from "../../format/sandbox.ts";
import { type Box, boxWords } from "./bubblewrap.ts";
import { processFilter } from "./process_filter.ts";

export type FoundBox =
  | { readonly available: true; readonly box: Box }
  | { readonly available: false; readonly reason: NoBox };

/** From the best to what containers grant; without a user namespace only root can make the others. */
const NAMESPACES = [
  ["ipc", "net", "uts", "pid"],
  ["user", "ipc", "net", "uts", "pid"],
  ["ipc", "net", "uts"],
  ["user", "ipc", "net", "uts"],
];
/** The share of the machine's memory that a program may allocate, and the least. */
const [MEMORY_SHARE, LEAST_MEMORY] = [0.75, 2 ** 30];

const TRY_MS = 10_000;

let found: Promise<FoundBox> | undefined;

/** Finds bubblewrap and tries what it may do here; once in a process. */
export const findBox = (): Promise<FoundBox> => found ??= tryBox();

async function tryBox(): Promise<FoundBox> {
  const filterOf = (seesOthers: boolean) =>
    process.platform === "linux" ? processFilter(process.arch, seesOthers) : undefined;
  if (filterOf(true) === undefined) return { available: false, reason: { why: "not-here" } };
  let version: string;
  try {
    const told = await runToEnd("bwrap", ["--version"], { timeoutMs: TRY_MS });
    version = told.trim().split(" ").at(-1) ?? "";
  } catch {
    return { available: false, reason: { why: "not-installed" } };
  }
  const folder = await makeTemporaryFolder();
  process.on("exit", () => rmSync(folder.path, { recursive: true, force: true }));
  const memoryBytes = Math.max(LEAST_MEMORY, MEMORY_SHARE * totalmem());
  let message = "";
  for (const namespaces of NAMESPACES) {
    const seesOthers = !namespaces.includes("pid");
    const file = join(folder.path, seesOthers ? "sees_others.bpf" : "sees_itself.bpf");
    writeFileSync(file, filterOf(seesOthers)!);
    const box: Box = { path: "bwrap", version, namespaces, filter: file, memoryBytes };
    const [command, ...args] = [...boxWords(box, { read: [] }), "true"];
    try {
      await runToEnd(command, args, { timeoutMs: TRY_MS });
      return { available: true, box };
    } catch (error) {
      message = messageOf(error);
    }
  }
  return { available: false, reason: { why: "refused", message: message.split("\n")[0] } };
}
