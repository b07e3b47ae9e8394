import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * The folder for what can be made again: `slope` in `$XDG_CACHE_HOME` or else in `~/.cache`, and `name` in it. A
 * relative `$XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification demands. Undefined if the home folder
 * is unknown.
 */
export function cacheFolder(
  environment: EnvironmentVariables,
  name: string,
): string | undefined {
  const xdg = environment.XDG_CACHE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "slope", name);
  const home = environment.HOME || environment.USERPROFILE || systemHome();
  return home === undefined ? undefined : join(home, ".cache", "slope", name);
}

/** Libraries that were compiled from Slope's own C code. */
export const nativeCacheFolder = (environment: EnvironmentVariables): string | undefined =>
  cacheFolder(environment, "native");

/** Checksums of files that take seconds to read. */
export const checksumFolder = (environment: EnvironmentVariables): string | undefined =>
  cacheFolder(environment, "checksums");

/** Pixels of texts that are too large to be held. */
export const unpackFolder = (environment: EnvironmentVariables): string | undefined =>
  cacheFolder(environment, "unpacked");

/** The variables that decide. */
export const CACHE_VARIABLES = ["XDG_CACHE_HOME", "HOME", "USERPROFILE"] as const;

function systemHome(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined; // no such user, or no permission to ask
  }
}
