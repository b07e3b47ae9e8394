import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BrokenFile, InputError } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { known } from "../base/known.ts";
import type { RunFile } from "../format/plan.ts";
import type { CodeChanged } from "../format/reason.ts";
import { contentOf, digestOf, digestsOf } from "./plugin_files.ts";

type KeptPlugin = NonNullable<RunFile["plugins"]>[0];

/**
 * Copies the plug-in files into the run's folder, so that the measured code can be read and measured again. A plug-in
 * is one file: of its imports only the digests are kept.
 */
export async function keepPlugins(paths: readonly string[], folder: string): Promise<KeptPlugin[]> {
  const kept: KeptPlugin[] = [];
  for (const [index, path] of paths.entries()) {
    const [, ...imported] = digestsOf(path); // the first is its own
    const content = contentOf(path);
    if (content === undefined) {
      throw new BrokenFile(`Cannot read plug-in "${path}": it is gone`, "check the path");
    }
    const imports = imported.flatMap(([path, sha256]) => sha256 ? [{ path, sha256 }] : []);
    // The number keeps two files of one name apart.
    const copy = join("plugins", `${index + 1}-${basename(path).replaceAll(/[^\w.-]/g, "_")}`);
    await writeFileAtomic(join(folder, copy), content);
    const sha256 = digestOf(content);
    kept.push({ path, sha256, copy, ...(imports.length > 0 && { imports }) });
  }
  return kept;
}

export function keptPlugin({ plugins = [] }: RunFile, folder: string, path?: string) {
  const kept = plugins.find((one) => one.path === path);
  return kept && join(folder, kept.copy);
}

/** A file of a plug-in and the SHA-256 of what it held and holds. */
export type Change = Omit<CodeChanged, "kind">;

/** Some editors save by removing and renaming; the file may be absent for so long. */
const SAVING_MS = 100;

/** The first file of a plug-in that has changed since the run began. */
export async function changeOf(
  { path, sha256, imports = [] }: KeptPlugin,
): Promise<Change | undefined> {
  for (const file of [{ path, sha256 }, ...imports]) {
    const read = () => contentOf(file.path);
    const content = read() ?? await pause(SAVING_MS).then(read);
    const after = content && digestOf(content);
    if (after !== file.sha256) return known({ path: file.path, before: file.sha256, after });
  }
}

/** Plug-in files of run `b` that were different or absent in run `a`. */
export function changesBetween(a: RunFile, b: RunFile): Change[] {
  const [before, after] = [a, b].map(({ plugins = [] }) =>
    new Map(
      plugins.flatMap(({ path, sha256, imports = [] }) =>
        [{ path, sha256 }, ...imports].map((file) => [file.path, file.sha256] as const)
      ),
    )
  );
  return [...after].filter(([path, sha256]) => before.get(path) !== sha256)
    .map(([path, after]) => known({ path, before: before.get(path), after }));
}

/** "mine.ts 0123456789ab → 456789abcdef", by the first digits of SHA-256. */
export const describeChange = ({ path, before, after }: Change): string =>
  `${basename(path)} ${before?.slice(0, 12) ?? "(absent)"} → ${after?.slice(0, 12) ?? "(gone)"}`;

/** Throws InputError if a plug-in has changed since the run began: a run never mixes two versions of code. */
export async function checkUnchanged({ plugins = [] }: RunFile, folder: string): Promise<void> {
  for (const kept of plugins) {
    const change = await changeOf(kept);
    if (change === undefined) continue;
    throw new InputError(
      `Cannot resume ${folder}: a plug-in has changed since the run began ` +
        `(${describeChange(change)})`,
      `start a new run, or restore the file` +
        (change.path === kept.path ? `: its copy is ${join(folder, kept.copy)}` : ""),
    );
  }
}
