/**
 * Writes the version of package.json wherever else it stands: lock file, sources, kits, schemas, and pages that name it.
 * Run: deno task release:version
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { mentioningPages, releaseFile } from "./release/files.ts";
import { mentionPattern, VERSION_PLACES, withVersion } from "./release/version_places.ts";

const read = (path: string) => readFileSync(releaseFile(path), "utf8");
const { version } = JSON.parse(read("package.json"));
const places = [
  ...VERSION_PLACES,
  ...mentioningPages().map((path) => ({ path, pattern: mentionPattern })),
];
for (const { path, pattern } of places) {
  const text = read(path);
  const changed = withVersion(text, version, [pattern]);
  if (changed === text) continue;
  writeFileSync(releaseFile(path), changed);
  process.stdout.write(`${path}: ${version}\n`);
}
