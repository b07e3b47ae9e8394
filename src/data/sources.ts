import { InputError } from "../base/errors.ts";
import { type EnvironmentVariables, mnistCacheFolder } from "../base/cache_folder.ts";
import { loadDirectory } from "./directory.ts";
import { isMnist } from "./pair.ts";

/** Looks at every place in search order. Downloads nothing. */
export function dataPlaces(directory: string | undefined, environment: EnvironmentVariables) {
  return [
    folder("--data", directory, "not given"),
    folder("$SLOPE_DATA", environment.SLOPE_DATA || undefined, "not set"),
    folder("cache", mnistCacheFolder(environment), "no home folder"),
    { place: "download", available: true, detail: "MNIST, 11 MB: `data get`" },
    { place: "synthetic", available: true, detail: "generated digits: --synthetic" },
  ];
}

/** `detail` says what is there, or why it cannot be used. */
function folder(place: string, path: string | undefined, otherwise: string) {
  if (path === undefined) return { place, available: false, detail: otherwise };
  try {
    const files = loadDirectory(path);
    const name = isMnist(files) ? "MNIST" : "an IDX set other than MNIST";
    return { place, available: true, detail: `${name} in ${path}` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { place, available: false, detail: error.message };
  }
}
