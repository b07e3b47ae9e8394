import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * The folder for downloaded MNIST files: `slope/mnist` in `$XDG_CACHE_HOME` or else in `~/.cache`. A relative
 * `$XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification demands. Undefined if the home folder
 * is unknown.
 */
export function mnistCacheFolder(environment: EnvironmentVariables): string | undefined {
  const xdg = environment.XDG_CACHE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "slope", "mnist");
  const home = environment.HOME || environment.USERPROFILE || systemHome();
  return home === undefined ? undefined : join(home, ".cache", "slope", "mnist");
}

function systemHome(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined; // no such user, or no permission to ask
  }
}
