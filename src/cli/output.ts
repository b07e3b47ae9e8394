import { statSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError } from "../base/errors.ts";
import { cannotWrite, temporaryName, writeFileAtomic } from "../base/files.ts";
import type { Terminal } from "../base/terminal.ts";
import { type Run, runIn } from "../library/runs.ts";
import type { PrintFormat } from "./options.ts";

/** Prints the result of a command: one JSON document, or the text that `text` makes. */
export function print(
  format: PrintFormat,
  { out }: Terminal,
  json: unknown,
  text: () => string | readonly string[],
): void {
  if (format === "json") out(JSON.stringify(json, undefined, 2));
  else [text()].flat().forEach(out);
}

/** A whole run. Says on standard error where the last record was cut, which a killed sweep leaves. */
export function readNamedRun(folder: string, { note }: Terminal): Run {
  const run = runIn(folder);
  if (run.cutBytes > 0) {
    note(
      `warning: the last line of ${run.name}/trials.jsonl is cut (${run.cutBytes} bytes): left out`,
    );
  }
  return run;
}

/** Writes what `--page FILE` asks for. Throws InputError when FILE is a folder or cannot be written. */
export async function writePage(file: string, html: string, terminal: Terminal): Promise<void> {
  const path = pagePath(file);
  await writeFileAtomic(path, html, PAGE_HINT);
  terminal.note(`page: ${path}`);
}

/** Throws InputError where that would fail: before minutes of work whose result would be lost. */
export async function checkPage(file: string): Promise<void> {
  const path = pagePath(file);
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, "");
    await rm(temporary);
  } catch (error) {
    throw cannotWrite(path, error, PAGE_HINT);
  }
}

const PAGE_HINT = "name a file that you may write, on a disk with room, by --page";

function pagePath(file: string): string {
  const path = resolve(file);
  if (isFolder(path)) {
    throw new InputError(
      `Cannot write page "${path}": it is a folder, expected a file`,
      `name a file, as --page ${file.replace(/\/$/, "")}/page.html`,
    );
  }
  return path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // missing or unreadable: writing says so
  }
}
