import { basename } from "node:path";
import { ownFile } from "../base/own_command.ts";
import type { Failure } from "../format/reason.ts";
import { contentOf } from "./plugin_files.ts";

/** What to do about a Python file that is no plug-in as it stands. */
export function pythonHint(failure: Failure, plugin: string): string {
  const page = ownFile("docs/PYTHON.md");
  const fault = failure.kind === "fault" ? failure.fault : undefined;
  const place = fault && "file" in fault ? fault.file : undefined;
  const isImported = place !== undefined && basename(place) !== basename(plugin);
  const definitions = `slope.definitions("${basename(isImported ? place : plugin)}")`;
  const install = fault?.kind === "missing-package" ? "install it" : "correct that";
  const missed = fault?.kind === "missing-package"
    ? "where it is missed only if it is used"
    : "which takes its functions and runs nothing else";
  const text = contentOf(plugin)?.toString("utf8") ?? "";
  const takesIt = !isImported || text.includes(basename(place));
  if (takesIt && /^\s*(?:import|from)\s+slope\b/m.test(text)) {
    return fault?.kind === "missing-package"
      ? `${install}, or leave out the import: see ${page}`
      : `${page} shows plug-ins that take what they need from a script`;
  }
  // Slope's own word about a declaration.
  if (fault?.kind === "exception" && place === undefined) return `${page} has what can be declared`;
  if (isImported) {
    return `${install}, or take what you need of ${
      basename(place)
    } with ${definitions}, ${missed}: see ${page}`;
  }
  if (failure.kind === "timed-out") {
    return `if it loads data or trains at its top level, write a second file with ${definitions}`;
  }
  const second = `leave it as it is and write a second file of a few lines, with ${definitions}`;
  switch (fault?.kind) {
    case "offers-none":
      return `${second}: see ${page}`;
    case "exception":
    case "missing-package":
      return `${install}, or ${second}, ${missed}: see ${page}`;
    default:
      return `${page} shows the forms of a plug-in`;
  }
}

/** What to do about a program that does not answer the first request. */
export function programHint(failure: Failure, isBoxed: boolean): string {
  const page = `${ownFile("docs/PROTOCOL.md")} says what a program answers`;
  if (failure.kind === "timed-out") {
    return `${page}; most languages keep what they print until much has come together: flush every line`;
  }
  const hasDied = failure.kind === "fault" && failure.fault.kind === "program-died";
  return isBoxed && hasDied
    ? `${page}; in the sandbox it can start no other, and read only its own folder: --sandbox off`
    : page;
}
