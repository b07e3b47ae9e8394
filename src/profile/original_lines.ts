import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CpuProfile } from "../format/profile_record.ts";
import type { Runtime } from "../trial/runtimes.ts";

type Frame = CpuProfile["nodes"][number]["callFrame"];

/** The line of a frame's file that its author wrote, counted from 1; undefined where it is unknown. */
export type LineOf = (frame: Frame) => number | undefined;

/** What every runtime has of node:module, and the types here may lack. */
interface SourceMaps {
  SourceMap: new (payload: object) => {
    findEntry(line: number, column: number): { originalLine?: number };
  };
}

/** The line that the inspector tells. */
export const lineTold: LineOf = ({ url, lineNumber }) =>
  url === "" || lineNumber < 0 ? undefined : lineNumber + 1;

const isTypeScript = (url: string): boolean => /\.[cm]?tsx?$/.test(url);

/**
 * Reads the lines of a profile. Deno's inspector reports those of the JavaScript that it compiled TypeScript to, without
 * a source map; Deno keeps that code, with its map, in a folder that `deno info` names. A file that has changed since
 * has no lines.
 */
export async function linesOf({ name, path }: Runtime): Promise<LineOf> {
  const compiled = name === "deno" ? await compiledFolder(path) : undefined;
  const maps = new Map<string, LineOf>();
  return (frame) => {
    const { url } = frame;
    if (name !== "deno" || !isTypeScript(url) || lineTold(frame) === undefined) {
      return lineTold(frame);
    }
    if (compiled === undefined || !url.startsWith("file:///")) return undefined;
    if (!maps.has(url)) maps.set(url, readMap(compiled, url));
    return maps.get(url)!(frame);
  };
}

/** The folder of what this Deno compiled; undefined where it does not say. */
async function compiledFolder(deno: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(deno, ["info", "--json"]);
    const { typescriptCache } = JSON.parse(stdout) as Record<string, unknown>;
    return typeof typescriptCache === "string" ? typescriptCache : undefined;
  } catch {
    return undefined; // the profile is worth its time without lines
  }
}

/** The lines of one file, by the source map at the end of its compiled code. */
export function readMap(compiled: string, url: string): LineOf {
  try {
    const code = readFileSync(`${join(compiled, "file", new URL(url).pathname)}.js`, "utf8");
    const [, data] = /^\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/m.exec(code)!;
    const payload = JSON.parse(new TextDecoder().decode(
      Uint8Array.from(atob(data), (character) => character.charCodeAt(0)),
    ));
    const { SourceMap } = nodeModule as unknown as SourceMaps;
    const map = new SourceMap(payload);
    const isSame = payload.sourcesContent?.[0] === readFileSync(fileURLToPath(url), "utf8");
    if (!isSame) return () => undefined;
    return ({ lineNumber, columnNumber }) => {
      const { originalLine } = map.findEntry(lineNumber, columnNumber);
      return originalLine === undefined ? undefined : originalLine + 1;
    };
  } catch {
    return () => undefined;
  }
}
