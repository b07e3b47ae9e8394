import { resolve } from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import type { Terminal } from "./terminal.ts";

/** Writes what `--page FILE` asks for. Throws InputError when the disk refuses. */
export async function writePage(file: string, html: string, terminal: Terminal): Promise<void> {
  const path = resolve(file);
  await writeFileAtomic(path, html);
  terminal.note(`page: ${path}`);
}
