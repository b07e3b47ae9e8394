/**
 * Fails when an import in src/ runs upwards in the list of layers, leaves src/ for tests or scripts, or
 * closes a circle. Run: deno task layers
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** From the top of the house to its ground; a file may import from its own layer and those after it. */
export const LAYERS = [
  "main.ts",
  "child.ts",
  "cli",
  "serve",
  "watch",
  "diagnose",
  "profile",
  "history",
  "compare",
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

/** What is wrong with the imports of a tree of files: path (relative to src) → its text. */
export function findFaults(files: ReadonlyMap<string, string>): string[] {
  const faults: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, text] of files) {
    const targets = importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => relative(".", join(dirname(path), specifier)));
    graph.set(path, targets);
    for (const target of targets) {
      const [from, to] = [layerOf(path), layerOf(target)];
      if (from === -1) faults.push(`${path} lies in no layer`);
      else if (to === -1) faults.push(`${path} imports ${target}, which lies outside the layers`);
      else if (to < from) {
        faults.push(`${path} imports ${target}: ${LAYERS[to]} stands above ${LAYERS[from]}`);
      }
    }
  }
  const circle = findCircle(graph);
  if (circle) faults.push(`circle: ${circle.join(" → ")}`);
  return [...new Set(faults)];
}

const layerOf = (path: string): number => LAYERS.indexOf(path.split("/")[0]);

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
  const faults = findFaults(
    new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")])),
  );
  faults.forEach((fault) => console.error(fault));
  console.log(`${paths.length} files in ${LAYERS.length} layers, ${faults.length} faults`);
  if (faults.length > 0) process.exit(1);
}
