import { readFileSync } from "node:fs";
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { TrialFault } from "../format/fault.ts";

type Exception = Extract<TrialFault, { kind: "exception" }>;

/** Characters of a message or of a line of a program that are kept. */
const MOST = 2000;
const MOST_OF_LINE = 120;

/**
 * An exception of a plug-in with the place that its author looks for: the top frame of the stack that lies in the
 * plug-in's file or beside it. Undefined where no frame does, as for an error of Slope.
 */
export function exceptionIn(plugin: string, thrown: unknown): Exception | undefined {
  const place = framesOf(thrown).find(({ file }) =>
    file === plugin || file.startsWith(dirname(plugin) + sep) && !file.includes("node_modules")
  );
  if (place === undefined) return undefined;
  const message = messageOf(thrown).replaceAll(/\s*\n\s*/g, " ").slice(0, MOST);
  return { kind: "exception", message, ...known({ ...place, source: sourceOf(place) }) };
}

/** The files and lines of a stack, the top frame first: "at f (file:///a/mine.ts:3:7)", in Bun "at f (/a/mine.ts:3:7)". */
function framesOf(thrown: unknown): { file: string; line: number }[] {
  if (!(thrown instanceof Error)) return [];
  // What Slope says of an import that failed has the exception as its cause.
  const stack = [thrown.stack, thrown.cause instanceof Error ? thrown.cause.stack : undefined];
  return stack.join("\n").split("\n").flatMap((text) => {
    const found = /^\s*at .*?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+):\d+\)?$/.exec(text);
    if (found === null) return [];
    const [, file, line] = found;
    return [{
      file: file.startsWith("file:") ? fileURLToPath(file) : file,
      line: Number(line),
    }];
  });
}

/** The text of that line; undefined where the file cannot be read. */
function sourceOf({ file, line }: { file: string; line: number }): string | undefined {
  try {
    const text = readFileSync(file, "utf8").split("\n")[line - 1]?.trim();
    return text ? text.slice(0, MOST_OF_LINE) : undefined;
  } catch {
    return undefined;
  }
}
