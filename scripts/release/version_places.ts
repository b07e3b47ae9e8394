import { readdirSync } from "node:fs";

/** What is wrong, where, and what to do. */
export interface Fault {
  readonly place: string;
  readonly cause: string;
  readonly hint: string;
}

/** A file that repeats the version of package.json; group 1 of the pattern is the version. */
export interface VersionPlace {
  readonly path: string;
  readonly pattern: RegExp;
}

/** Where the version stands besides package.json, which alone decides it. */
export const VERSION_PLACES: readonly VersionPlace[] = [
  { path: "package-lock.json", pattern: /^\{\s*"name": "[^"]+",\s*"version": "([^"]+)"/ },
  { path: "package-lock.json", pattern: /"": \{\s*"name": "[^"]+",\s*"version": "([^"]+)"/ },
  { path: "deno.json", pattern: /^ {2}"version": "([^"]+)"/m },
  { path: "src/base/version.ts", pattern: /SLOPE_VERSION = "([^"]+)"/ },
  { path: "kits/python/slope.py", pattern: /^__version__ = "([^"]+)"/m },
  { path: "kits/c/slope.h", pattern: /^#define SLOPE_VERSION "([^"]+)"/m },
  ...readdirSync(new URL("../../results/schema/", import.meta.url)).map((name) => ({
    path: `results/schema/${name}`,
    pattern: /^ {2}"\$comment": "Slope ([^"]+)"/m,
  })),
];

/**
 * A version of the package in a text: "slope-bench@0.2.0", "slope-0.2.0.tgz", "slope-bench/slope@v0.2.0". 0.0.0 is a
 * place that a program fills.
 */
const MENTION = /\bslope(?:-bench)?[@-]v?(?!0\.0\.0)(\d+\.\d+\.\d+(?:-[\w.]+)?)/g;

const HINT = "set the version in package.json alone, then run `deno task release:version`";

/** Places that lack the version or have another; `read` gives undefined for a file that is not there. */
export function versionFaults(
  version: string,
  places: readonly VersionPlace[],
  read: (path: string) => string | undefined,
): Fault[] {
  return places.flatMap(({ path, pattern }) => {
    const found = read(path)?.match(pattern)?.[1];
    if (found === version) return [];
    const cause = found === undefined ? "has no version" : `has version ${found}`;
    return [{ place: path, cause: `${cause}; package.json has ${version}`, hint: HINT }];
  });
}

/** Texts that tell a reader to install another version. */
export function mentionFaults(version: string, texts: ReadonlyMap<string, string>): Fault[] {
  return [...texts].flatMap(([place, text]) =>
    [...text.matchAll(MENTION)].filter(([, found]) => found !== version).map(([whole]) => ({
      place: `${place}:${text.slice(0, text.indexOf(whole)).split("\n").length}`,
      cause: `names ${whole}; package.json has ${version}`,
      hint: HINT,
    }))
  );
}

/** The same text with this version where a place or a mention has another. */
export function withVersion(
  text: string,
  version: string,
  patterns: readonly RegExp[] = [MENTION],
): string {
  return patterns.reduce(
    (so, pattern) => so.replace(pattern, (whole, found) => whole.replace(found, version)),
    text,
  );
}

export const mentionPattern = MENTION;
