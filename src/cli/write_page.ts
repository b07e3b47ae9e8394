import { statSync } from "node:fs";
import { resolve } from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";

/** Writes what `--page FILE` asks for; makes its folders. Throws InputError when that is a folder or the disk refuses. */
export async function writePage(file: string, html: string, terminal: Terminal): Promise<void> {
  const path = resolve(file);
  if (isFolder(path)) {
    throw new InputError(
      `Cannot write page "${path}": it is a folder, expected a file`,
      `name a file, as --page ${file.replace(/\/$/, "")}/page.html`,
    );
  }
  await writeFileAtomic(
    path,
    html,
    "name a file that you may write, on a disk with room, by --page",
  );
  terminal.note(`page: ${path}`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // not there, or behind what cannot be looked into: writing tells
  }
}
