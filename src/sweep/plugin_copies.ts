import { existsSync, readFileSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { BrokenFile, InputError } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { known } from "../base/known.ts";
import type { RunFile } from "../format/plan.ts";
import type { CodeChanged } from "../format/reason.ts";
import { gitCommitOf } from "../machine/host.ts";
import { packageFoldersOf } from "../trial/plugin_project.ts";
import { commandOf, wordsOf } from "../trial/program/kinds.ts";
import { contentOf, digestOf, digestsOf } from "./plugin_files.ts";

type KeptPlugin = NonNullable<RunFile["plugins"]>[0];

/**
 * Copies the plug-in files and what they import into the run's folder, so that the measured code can be read and measured
 * again. Of packages only the digest of the package.json is kept.
 */
export async function keepPlugins(paths: readonly string[], folder: string): Promise<KeptPlugin[]> {
  const kept: KeptPlugin[] = [];
  for (const [index, path] of paths.entries()) {
    const content = contentOf(path);
    if (content === undefined) {
      throw new BrokenFile(`Cannot read plug-in "${path}": it is gone`, "check the path");
    }
    const [, ...imported] = digestsOf(path).keys(); // the first is its own
    const own = imported.filter((one) => !isPackage(one) && !isSecret(one, path));
    const top = isCommand(path) ? "/" : commonFolder([path, ...own]);
    // Its name stays, because it may be that of the implementation. A command line is no name of a file.
    const copyOf = (file: string) =>
      join(
        "plugins",
        String(index + 1),
        isCommand(file) ? basename(file).replaceAll(/[^\w.-]/g, "_") : relative(top, file),
      );
    const imports = [];
    for (const file of imported) {
      const content = contentOf(file);
      if (content === undefined) continue;
      const copy = own.includes(file) ? copyOf(file) : undefined;
      if (copy !== undefined) await writeCopy(join(folder, copy), content, file);
      imports.push(known({ path: file, sha256: digestOf(content), copy }));
    }
    await writeCopy(join(folder, copyOf(path)), content, path);
    kept.push({
      path,
      sha256: digestOf(content),
      copy: copyOf(path),
      ...known({ gitCommit: isCommand(path) ? undefined : await gitCommitOf(path) }),
      ...(imports.length > 0 && { imports }),
    });
  }
  return kept;
}

/**
 * Whether an import lies in a hidden folder, or in one of the system. A stranger's program may name any file, also by a
 * link, and copies lie beside the results, which people share.
 */
function isSecret(file: string, plugin: string): boolean {
  if (isCommand(plugin) || !existsSync(file) || !existsSync(plugin)) return false;
  const real = realpathSync(file);
  const below = relative(dirname(realpathSync(plugin)), real);
  return /^\/(etc|proc|sys|dev|run)\//.test(real) || /(^|[\\/])\.[^.\\/]/.test(below);
}

/** An executable stays one: that decides what runs it. */
async function writeCopy(path: string, content: Uint8Array, original: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, content);
  const mode = statSync(original, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o111) !== 0) await chmod(path, 0o755);
}

const isCommand = (plugin: string): boolean => plugin.startsWith("cmd:");

const isPackage = (path: string): boolean => path.split(sep).includes("node_modules");

/** The lowest folder that all these files lie in. */
function commonFolder([first, ...others]: readonly string[]): string {
  const holds = (folder: string) => others.every((one) => !relative(folder, one).startsWith(".."));
  let folder = dirname(first);
  while (!holds(folder)) folder = dirname(folder);
  return folder;
}

/** The kept copy of a plug-in; undefined where the run has none. */
export function keptPlugin(
  { plugins = [] }: RunFile,
  folder: string,
  path?: string,
): KeptCopy | undefined {
  const kept = plugins.find((one) => one.path === path);
  if (kept === undefined || !existsSync(join(folder, kept.copy))) return undefined;
  return { folder, kept };
}

interface KeptCopy {
  readonly folder: string;
  readonly kept: KeptPlugin;
}

/**
 * The copy as a file that can be run. One with imports is laid out anew in `place`, an empty folder, beside links to
 * the packages of its project.
 */
export async function runnableCopy({ folder, kept }: KeptCopy, place: string): Promise<string> {
  if (isCommand(kept.path)) return await runnableCommand({ folder, kept }, place);
  if (kept.imports === undefined) return join(folder, kept.copy);
  const files = [kept, ...kept.imports].flatMap(({ path, copy }) => copy ? [{ path, copy }] : []);
  const top = commonFolder(files.map(({ path }) => path));
  const isInside = (path: string) => !relative(top, path).startsWith("..");
  const packages = packageFoldersOf(dirname(kept.path));
  const above = packages.filter((one) => !isInside(one));
  // As deep as is needed for each of the folders of packages above to lie above the copies.
  const base = join(place, ...above.slice(1).map(() => "project"));
  const placeOf = (path: string) => join(base, relative(top, path));
  for (const { path, copy } of files) {
    await writeCopy(placeOf(path), readFileSync(join(folder, copy)), join(folder, copy));
  }
  // Their project ends here, whatever lies above this folder.
  const isConfig = ({ path }: { path: string }) =>
    dirname(path) === top && /^(deno\.jsonc?|package\.json)$/.test(basename(path));
  if (!files.some(isConfig)) await writeFileAtomic(join(base, "deno.json"), "{}");
  const link = (target: string, path: string) => symlinkSync(target, path, "junction");
  packages.filter(isInside).forEach((one) => link(one, placeOf(one)));
  above.forEach((one, n) => link(one, join(base, ...Array(n).fill(".."), "node_modules")));
  return placeOf(kept.path);
}

/** A command line with the copies of the files that it names. */
async function runnableCommand({ folder, kept }: KeptCopy, place: string): Promise<string> {
  const placeOf = new Map<string, string>();
  for (const { path, copy } of kept.imports ?? []) {
    if (copy === undefined) continue;
    const to = join(place, relative("/", path));
    placeOf.set(path, to);
    await writeCopy(to, readFileSync(join(folder, copy)), join(folder, copy));
  }
  const words = wordsOf(kept.path).map((word) => placeOf.get(resolve(word)) ?? word);
  return commandOf(words);
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
