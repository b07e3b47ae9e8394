/**
 * Fails when a file in src/ breaks a rule of the house: an import runs upwards in the list of rooms or leaves src/,
 * imports form a circle, `x.ts` stands beside a folder `x/`, or a file is too long.
 * Run: deno task layers; with --picture it prints who imports whom.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { posix } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** From top to bottom. A file may import from its own room and from those below it. */
export const ROOMS = [
  "main.ts",
  "child.ts",
  "index.ts",
  "cli",
  "library",
  "serve",
  "watch",
  "diagnose",
  "profile",
  "history",
  "compare",
  "merge",
  "choose",
  "submit",
  "report",
  "summary",
  "sweep",
  "trial",
  "check",
  "machine",
  "format",
  "gradients",
  "model",
  "stats",
  "data",
  "base",
];

const MOST_LINES = 320;

/** path relative to src, with slashes → its text. */
export type Sources = ReadonlyMap<string, string>;

export function findFaults(files: Sources): string[] {
  const imports = importsOfAll(files);
  const faults = [...imports].flatMap(([path, targets]) => {
    const from = roomOf(path);
    if (from === -1) return [`${path} lies in no room`];
    return targets.flatMap((target) => {
      const to = roomOf(target);
      if (to === -1) return [`${path} imports ${target}, which lies outside the rooms`];
      if (target.endsWith("_test.ts")) return [`${path} imports the test ${target}`];
      return to < from ? [`${path} imports ${target}: ${ROOMS[to]} is above ${ROOMS[from]}`] : [];
    });
  });
  const circle = findCircle(imports);
  if (circle) faults.push(`circle: ${circle.join(" → ")}`);
  for (const [path, text] of files) {
    const folder = path.replace(/\.ts$/, "/");
    if ([...files.keys()].some((other) => other.startsWith(folder))) {
      faults.push(`${path} stands beside the folder ${folder}: move it inside`);
    }
    const lines = text.split("\n").length - 1;
    if (lines > MOST_LINES) faults.push(`${path} has ${lines} lines, more than ${MOST_LINES}`);
  }
  return [...new Set(faults)];
}

/** A table in Markdown: for each room its files and lines, and the rooms it imports with the number of imports. */
export function picture(files: Sources): string {
  const rooms = ROOMS.map((name, room) => ({
    name,
    paths: [...files.keys()].filter((path) => roomOf(path) === room),
    counts: new Map<number, number>(),
  })).filter(({ paths }) => paths.length > 0);
  const imports = importsOfAll(files);
  const rows = rooms.map(({ name, paths, counts }) => {
    for (const target of paths.flatMap((path) => imports.get(path)!)) {
      const to = roomOf(target);
      if (ROOMS[to] !== name) counts.set(to, (counts.get(to) ?? 0) + 1);
    }
    const lines = paths.reduce((sum, path) => sum + files.get(path)!.split("\n").length - 1, 0);
    const arrows = [...counts].sort(([a], [b]) => a - b)
      .map(([to, count]) => `${ROOMS[to] ?? "outside"} ${count}`);
    return `| ${name} | ${paths.length} | ${lines} | ${arrows.join(", ")} |`;
  });
  return ["| room | files | lines | imports from |", "|---|--:|--:|---|", ...rows].join("\n");
}

const roomOf = (path: string): number => ROOMS.indexOf(path.split("/")[0]);

/** What each file imports by a relative path. */
function importsOfAll(files: Sources): Map<string, string[]> {
  return new Map(
    [...files].map(([path, text]) => [
      path,
      importsOf(text).filter((specifier) => specifier.startsWith("."))
        .map((specifier) => posix.join(dirname(path), specifier)),
    ]),
  );
}

/** Specifiers of static imports, exports and dynamic imports of literals. */
function importsOf(text: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)["']([^"']+)["']/gm;
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | undefined => {
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file];
    if (done.has(file)) return undefined;
    for (const target of graph.get(file) ?? []) {
      const circle = visit(target, [...trail, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("../src", import.meta.url));
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts"))
    .sort();
  const files: Sources = new Map(
    paths.map((path) => [path.replaceAll(sep, "/"), readFileSync(join(root, path), "utf8")]),
  );
  if (process.argv.includes("--picture")) console.log(picture(files));
  const faults = findFaults(files);
  faults.forEach((fault) => console.error(fault));
  console.log(`${paths.length} files in ${ROOMS.length} rooms, ${faults.length} faults`);
  if (faults.length > 0) process.exit(1);
}
