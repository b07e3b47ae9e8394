/**
 * Checks that a release is whole: one version everywhere, the changelog, lock files, the tag if there is one. Then it
 * builds the package twice, compares the bytes, and writes tarball, SBOM and licences into release/.
 * Run: deno task release:check [--tag v1.2.3]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { changelogFaults } from "./release/changelog.ts";
import { git, mentioningPages, releaseFile } from "./release/files.ts";
import { licenceFaults, licencesIn, licenceTable } from "./release/licences.ts";
import { lockFaults, type LockKind, rangeFaults } from "./release/locks.ts";
import { buildTwice } from "./release/tarball.ts";
import { tagFaults } from "./release/tag.ts";
import {
  type Fault,
  mentionFaults,
  VERSION_PLACES,
  versionFaults,
} from "./release/version_places.ts";

const OUTPUT = releaseFile("release");
const read = (path: string) => readFileSync(releaseFile(path), "utf8");
const json = (path: string) => JSON.parse(read(path));

/** Folders with packages of their own, and their lock files. */
const MANIFESTS: readonly [folder: string, locks: Readonly<Record<string, LockKind>>][] = [
  ["", { "package-lock.json": "npm", "bun.lock": "bun", "deno.lock": "deno" }],
  ["peers/", { "package-lock.json": "npm" }],
  ["site/", { "package-lock.json": "npm" }],
  ["scripts/release/", { "package-lock.json": "npm" }],
];

const { version, name } = json("package.json");
const { values: { tag } } = parseArgs({ options: { tag: { type: "string" } } });

stopAt([
  ...versionFaults(
    version,
    VERSION_PLACES,
    (path) => existsSync(releaseFile(path)) ? read(path) : undefined,
  ),
  ...mentionFaults(version, new Map(mentioningPages().map((path) => [path, read(path)]))),
  ...changelogFaults(read("CHANGELOG.md"), version, new Date().toISOString().slice(0, 10)),
  ...MANIFESTS.flatMap(([folder, locks]) => {
    const manifest = json(`${folder}package.json`);
    return [
      ...rangeFaults(manifest, `${folder}package.json`),
      ...Object.entries(locks).flatMap(([file, kind]) =>
        lockFaults(manifest, folder + file, kind, read(folder + file))
      ),
    ];
  }),
  ...tagFaults(version, tagsHere(), changedFiles()),
]);
console.log(`✓ ${version} in every place, the changelog and the lock files`);

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT);
const folder = mkdtempSync(join(tmpdir(), "slope-release-"));
try {
  const { tarball, faults } = buildTwice(join(folder, "built"));
  stopAt(faults);
  const bytes = readFileSync(tarball);
  const sum = createHash("sha256").update(bytes).digest("hex");
  cpSync(tarball, join(OUTPUT, basename(tarball)));
  writeFileSync(join(OUTPUT, "SHA256SUMS"), `${sum}  ${basename(tarball)}\n`);
  console.log(
    `✓ ${basename(tarball)}: ${Math.round(bytes.length / 1000)} kB, built twice, SHA-256 ${sum}`,
  );

  const bill = join(OUTPUT, `${name}-${version}.cdx.json`);
  const whole = billOfMaterials(folder);
  writeFileSync(bill, billOfMaterials(folder, "--omit", "dev"));
  const licences = licencesIn(JSON.parse(whole));
  stopAt(licenceFaults(licences));
  writeFileSync(join(OUTPUT, "licences.csv"), licenceTable(licences));
  const shipped = licences.filter(({ use }) => use === "runtime").length;
  console.log(`✓ licences of ${licences.length} dependencies, ${shipped} of them at run time`);
} finally {
  rmSync(folder, { recursive: true });
}

function tagsHere(): string[] {
  if (tag !== undefined) return [tag];
  const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;
  if (GITHUB_REF_TYPE === "tag" && GITHUB_REF_NAME) return [GITHUB_REF_NAME];
  return git("tag", "--points-at", "HEAD").split("\n");
}

function changedFiles(): string[] {
  return git("status", "--porcelain", "-z", "--untracked-files=no").split("\0")
    .filter((line) => line !== "").map((line) => line.slice(3));
}

/** A CycloneDX bill of materials of what the lock file installs, as JSON: the same bytes every time. */
function billOfMaterials(folder: string, ...more: readonly string[]): string {
  const tool = releaseFile(
    "scripts/release/node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js",
  );
  const install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  if (!existsSync(tool)) {
    run("npm", [...install, "--omit=optional"], releaseFile("scripts/release"));
  }
  if (!existsSync(join(folder, "node_modules"))) {
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(releaseFile(file), join(folder, file));
    }
    run("npm", install, folder);
  }
  return run("node", [tool, "--output-reproducible", ...more], folder);
}

/** What a command prints. Ends with its complaint if it fails. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    // npm is a script of the shell on Windows.
    shell: process.platform === "win32",
  });
  if (status === 0) return stdout;
  const why = error?.message ?? stderr.trim().split("\n").slice(-5).join("\n  ");
  console.error(`✗ Cannot run ${basename(command)} ${args[0]} in ${cwd}: ${why}`);
  process.exit(1);
}

function stopAt(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  for (const { place, cause, hint } of faults) {
    console.error(`✗ ${place} ${cause}\n  hint: ${hint}`);
  }
  process.exit(1);
}
