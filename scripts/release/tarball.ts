import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildPackage, packTarball } from "../pack.ts";
import type { Fault } from "./version_places.ts";

export interface Built {
  readonly tarball: string;
  readonly faults: readonly Fault[];
}

/** Builds and packs the package in two folders inside `folder`. Faults name files that differ between them. */
export function buildTwice(
  folder: string,
  build: (to: string) => void = buildPackage,
  pack: (from: string, to: string) => string = packTarball,
): Built {
  // Names of different lengths, so that a path in a file shows.
  const [first, second] = ["a", "another"].map((name) => {
    const built = join(folder, name, "package");
    build(built);
    return { built, tarball: pack(built, join(folder, name)) };
  });
  const isSame = readFileSync(first.tarball).equals(readFileSync(second.tarball));
  const files = isSame ? [] : differences(first.built, second.built);
  const hint = "remove times, paths and random numbers from what is packed";
  return {
    tarball: first.tarball,
    faults: isSame
      ? []
      : files.length === 0
      ? [{ place: "the tarball", cause: "differs from a second one of the same files", hint }]
      : files.map((place) => ({ place, cause: "differs when it is built again", hint })),
  };
}

/** Paths of files that only one of two folders has, or that differ. */
function differences(one: string, other: string): string[] {
  const [left, right] = [one, other].map((folder) =>
    new Map(
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => statSync(join(folder, path)).isFile())
        .map((path) => [path, readFileSync(join(folder, path))]),
    )
  );
  return [...new Set([...left.keys(), ...right.keys()])].sort().filter((path) => {
    const [a, b] = [left.get(path), right.get(path)];
    return a === undefined || b === undefined || !a.equals(b);
  });
}
