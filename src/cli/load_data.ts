import process from "node:process";
import { resolveData, type ResolvedData } from "../data/resolve_data.ts";
import type { DataOptions } from "./options.ts";
import type { Terminal } from "../base/terminal.ts";

/** The data that the options name. Downloads and substitutes are reported on standard error. */
export async function loadData(options: DataOptions, terminal: Terminal): Promise<ResolvedData> {
  return await resolveData({
    directory: options.data,
    synthetic: options.synthetic,
    environment: process.env,
    announce: (line) => terminal.note(line),
  });
}
