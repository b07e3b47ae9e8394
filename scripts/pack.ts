/**
 * Builds the npm package: compiles src/ and peers/ to JavaScript with declarations and source maps in dist/package,
 * adds what they read, and packs a tarball in dist/. The folders lie as in the checkout, so that relative addresses
 * hold in both.
 * Run: deno task pack; it prints the path of the tarball.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { withPackedLinks } from "./packed_links.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where tests of the package and releases find it. */
export const PACKAGE = join(ROOT, "dist", "package");

/** What is packed as it is. */
const COPIED = [
  ...["README.md", "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...[
    "docs/**/*.{md,svg}",
    "action/README.md",
    "results/{example,eight_million}/plots/{time,accuracy}.svg",
  ],
  ...["src/slope.cjs", "src/**/*.js", "src/**/*.{c,h}"],
  ...[
    "kits/{c,python}/**/*.{py,h}",
    "kits/templates/*.*",
    "peers/*.{py,txt,json}",
    "results/schema/*.json",
  ],
  ...["examples/*.{ts,py}", "examples/{mistakes,perl,question,rust}/*"],
];

const slashes = (path: string): string => path.replaceAll(sep, "/");

/** Paths relative to the checkout, sorted. */
const filesLike = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }).map(slashes))
    .filter((path) => !/(^|\/)(node_modules|__pycache__)\//.test(path))
    .sort();

/**
 * Modules without comments, which only who debugs would read, and declarations with theirs, which editors show.
 */
function compile(to: string): void {
  compileWith({ sourceMap: true, removeComments: true }, to);
  compileWith({ declaration: true, emitDeclarationOnly: true }, to);
}

function compileWith(emitted: Readonly<Record<string, boolean>>, to: string): void {
  const config = join(ROOT, "dist", "tsconfig.json");
  const options = {
    ...{ target: "esnext", module: "nodenext", moduleResolution: "nodenext" },
    ...{ rewriteRelativeImportExtensions: true, verbatimModuleSyntax: true },
    ...emitted,
    ...{ strict: true, exactOptionalPropertyTypes: true, noCheck: true, skipLibCheck: true },
    ...{ lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"], types: ["node"] },
    ...{ rootDir: ROOT, outDir: to },
  };
  const include = ["src", "peers"].map((folder) => join(ROOT, folder, "**", "*.ts"));
  const exclude = [join(ROOT, "**", "*_test.ts"), join(ROOT, "**", "node_modules")];
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, JSON.stringify({ compilerOptions: options, include, exclude }));
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  // Several threads order the members of inferred types as they meet them: two builds would differ.
  execFileSync("node", [tsc, "-p", config, "--singleThreaded"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/**
 * Lets each map name its source as if it lay beside the module, because the package has no sources. A map keeps the line
 * of each line, which is what a stack shows, and not the columns: they would be a third of the package.
 */
function shortenMaps(folder: string): void {
  for (const path of globSync("**/*.js.map", { cwd: folder })) {
    const map = JSON.parse(readFileSync(join(folder, path), "utf8"));
    const sources = map.sources.map((source: string) => posix.basename(source));
    const mappings = encode(decode(map.mappings).map((segments) => segments.slice(0, 1)));
    writeFileSync(join(folder, path), JSON.stringify({ version: 3, sources, names: [], mappings }));
  }
}

/** Schemas without white space: packed, they are a quarter as large. */
function shortenSchemas(folder: string): void {
  for (const path of globSync("results/schema/*.json", { cwd: folder })) {
    const schema = JSON.parse(readFileSync(join(folder, path), "utf8"));
    writeFileSync(join(folder, path), JSON.stringify(schema));
  }
}

/**
 * Keeps the declarations that the library's import, alone. The compiler leaves their imports as they are in the
 * sources; here they name what is in the package.
 */
function pruneDeclarations(folder: string): void {
  const kept = new Set<string>();
  const keep = (path: string): void => {
    if (kept.has(path)) return;
    kept.add(path);
    const text = readFileSync(join(folder, path), "utf8");
    const renamed = text.replaceAll(
      /(\bfrom |\bimport\()"(\.[^"]+)\.ts"/g,
      (whole, before: string, specifier: string) => {
        const declarations = posix.join(dirname(path), `${specifier}.d.ts`);
        if (!existsSync(join(folder, declarations))) return whole; // in an example of a comment
        keep(declarations);
        return `${before}"${specifier}.js"`;
      },
    );
    // The compiler prints the name of a member "-Infinity" so that no compiler can read it.
    writeFileSync(join(folder, path), renamed.replaceAll("[-Infinity]:", '"-Infinity":'));
  };
  keep("src/index.d.ts");
  for (const path of globSync("**/*.d.ts", { cwd: folder }).map(slashes)) {
    if (!kept.has(path)) rmSync(join(folder, path));
  }
}

/** Lets pages link to nothing but what is packed. A folder is packed if nothing of it is left out. */
function keepLinks(folder: string): void {
  const countIn = (root: string, path: string) =>
    globSync("**/*", { cwd: join(root, path) }).length;
  const isPacked = (path: string) =>
    existsSync(join(folder, path)) &&
    (!statSync(join(folder, path)).isDirectory() || countIn(folder, path) >= countIn(ROOT, path));
  for (const path of globSync("**/*.md", { cwd: folder }).map(slashes)) {
    const text = readFileSync(join(folder, path), "utf8");
    writeFileSync(join(folder, path), withPackedLinks(path, text, isPacked));
  }
}

/** package.json of the package, from that of the checkout. */
function manifest(): Record<string, unknown> {
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { name, version, description, license, type, engines, dependencies } = own;
  return {
    ...{ name, version, description, license, type, engines },
    keywords: ["gradient", "backpropagation", "benchmark", "profiling", "gradient-check", "mnist"],
    bin: { slope: "src/slope.cjs" },
    exports: {
      ".": { types: "./src/index.d.ts", default: "./src/index.js" },
      "./schema/*": "./results/schema/*",
      "./package.json": "./package.json",
    },
    types: "./src/index.d.ts",
    ...gitHead(),
    dependencies,
  };
}

/** The commit that the package is made from, as npm itself writes it when it publishes. */
function gitHead(): { gitHead?: string } {
  try {
    const commit = execFileSync(
      "git",
      ["-C", ROOT, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return { gitHead: commit.trim() };
  } catch {
    return {}; // an archive of the sources is no repository
  }
}

/** Builds the folder of the package. Throws Error where two files would have one name. */
export function buildPackage(to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  compile(to);
  for (const path of filesLike(COPIED)) {
    const target = join(to, path);
    if (existsSync(target)) throw new Error(`Cannot build the package: two files are ${path}`);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, path), target);
  }
  pruneDeclarations(to);
  shortenMaps(to);
  shortenSchemas(to);
  keepLinks(to);
  chmodSync(join(to, "src", "slope.cjs"), 0o755);
  writeFileSync(join(to, "package.json"), JSON.stringify(manifest(), undefined, 2) + "\n");
}

/** Packs the folder; returns the path of the tarball. */
export function packTarball(folder: string, to: string): string {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", to];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const told = JSON.parse(execFileSync(npm, args, { cwd: folder, encoding: "utf8" }));
  const [{ filename }] = Object.values(told) as { filename: string }[];
  return join(to, filename);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  buildPackage(PACKAGE);
  const tarball = packTarball(PACKAGE, dirname(PACKAGE));
  const files = readdirSync(PACKAGE, { recursive: true }).length;
  const kilobytes = Math.round(statSync(tarball).size / 1000);
  console.error(`${files} files and folders, ${kilobytes} kB packed`);
  console.log(relative(process.cwd(), tarball));
}
