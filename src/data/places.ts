import { existsSync } from "node:fs";
import { InputError } from "../base/errors.ts";
import { assemble, isMnist } from "./assemble.ts";
import { checksumFolder, type EnvironmentVariables, unpackFolder } from "../base/cache_folder.ts";
import { known } from "../base/known.ts";
import { loadSet } from "./files/load_set.ts";
import { folderInCache, knownSet, MNIST } from "./known_sets.ts";

/** Where data may come from, and whether they do. */
export type DataPlace =
  & { readonly place: "--data" | "$SLOPE_DATA" | "cache" | "download" | "synthetic" }
  & (
    | { readonly state: "usable"; readonly path: string; readonly isMnist: boolean }
    | { readonly state: "unusable"; readonly problem: string }
    | { readonly state: "set"; readonly name: string }
    | { readonly state: "not-given" }
    | { readonly state: "always" }
  );

/** Looks at every place in search order. Downloads nothing. */
export const dataPlaces = (
  place: string | undefined,
  environment: EnvironmentVariables,
): DataPlace[] => [
  { place: "--data", ...look(place, environment) },
  { place: "$SLOPE_DATA", ...look(environment.SLOPE_DATA || undefined, environment) },
  { place: "cache", ...look(folderInCache(MNIST, environment), environment) },
  { place: "download", state: "always" },
  { place: "synthetic", state: "always" },
];

type Look<P = DataPlace> = P extends unknown ? Omit<P, "place"> : never;

function look(path: string | undefined, environment: EnvironmentVariables): Look {
  if (path === undefined) return { state: "not-given" };
  const set = existsSync(path) ? undefined : knownSet(path);
  if (set) return { state: "set", name: set.name };
  try {
    const cache = checksumFolder(environment);
    const { sha256 } = assemble(
      loadSet(path, known({ cache, unpackInto: unpackFolder(environment) })),
      cache,
    );
    return { state: "usable", path, isMnist: isMnist(sha256) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { state: "unusable", problem: error.message };
  }
}
