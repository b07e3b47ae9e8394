import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BrokenFile, InputError, messageOf } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import { Config, SETTING_NAMES, SETTINGS } from "../format/config.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../format/plan_fields.ts";
import { commandOf, wordsOf } from "../trial/program/kinds.ts";
import { OTHER_WORDS, problemOf } from "./make_plan.ts";

const MODULES = [".ts", ".mts", ".js", ".mjs"];
const NAMES = [...MODULES, ".json"].map((ending) => `slope.config${ending}`);

/**
 * The configuration file for a folder, which need not be there yet: the nearest upwards, as far as the folder with the
 * repository or the home folder. Below neither of them, that of the folder alone: what lies above belongs to somebody
 * else, and would be run. Throws InputError where a folder has two.
 */
export function findConfig(folder: string, home = homeFolder): string | undefined {
  const here = configIn(folder);
  if (here !== undefined) return here;
  for (const one of foldersAbove(folder, home)) {
    const found = configIn(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function configIn(folder: string): string | undefined {
  const found = NAMES.filter((name) => isFile(join(folder, name)));
  if (found.length > 1) {
    throw new InputError(
      `Cannot choose between ${found.join(" and ")} in ${folder}`,
      "keep one of them, or name it with --config",
    );
  }
  return found.length === 1 ? join(folder, found[0]) : undefined;
}

/** The root of the repository that a folder lies in, which need not be there yet. */
export function repositoryAround(folder: string): string | undefined {
  const there = existingPart(folder);
  const top = [there, ...foldersAbove(there, homeFolder)].at(-1)!;
  return existsSync(join(top, ".git")) ? top : undefined;
}

/** The nearest folder upwards that is there. */
const existingPart = (folder: string): string =>
  existsSync(folder) ? folder : existingPart(dirname(folder));

/** Up to the repository or the home folder; none where the folder lies in neither. */
function foldersAbove(folder: string, home: () => string | undefined): string[] {
  const { uid } = statSync(existingPart(folder));
  /** Anybody may make `.git` in a folder for all, such as that of temporary files. */
  const isRepository = (path: string) => {
    const git = join(path, ".git");
    return existsSync(git) && [uid, 0].includes(statSync(git).uid);
  };
  const folders: string[] = [];
  for (let one = folder; dirname(one) !== one; one = dirname(one)) { // users without a home have "/"
    if (one !== folder) folders.push(one);
    if (isRepository(one) || isSameFolder(one, home())) return folders;
  }
  return [];
}

/** Undefined where Deno may not tell it. */
function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

const isSameFolder = (one: string, other: string | undefined): boolean =>
  one === other || other !== undefined && existsSync(other) && one === realpathSync(other);

/**
 * Reads a configuration file. Paths in it become absolute: they start at its folder. Throws InputError for a file that
 * is not there, and for what is no configuration, with the nearest field for an unknown one.
 */
export async function readConfig(path: string): Promise<Config> {
  if (!isFile(path)) {
    throw new InputError(
      `Cannot read configuration "${path}": there is no such file`,
      `check the path; \`${ownCommand("init")}\` writes one to start from`,
    );
  }
  const parsed = Config.safeParse(await contentOf(path));
  if (parsed.success) return withAbsolutePaths(parsed.data, dirname(path));
  throw new BrokenFile(
    `Cannot use configuration "${path}": ${problemOf(parsed.error.issues[0], WORDS)}`,
    `\`${ownCommand("config --config none")}\` lists the fields`,
  );
}

/** Every field by its name, and by its option. */
const WORDS = new Map<string, string>(
  [
    ...PLAN_FIELD_NAMES.filter((name) => name !== "against").map((name) =>
      [name, PLAN_FIELDS[name].flag] as const
    ),
    ...SETTING_NAMES.map((name) => [name, SETTINGS[name].flag] as const),
  ].flatMap(([name, flag]): [string, string][] => [[flag, name], [name, name]]).concat(
    OTHER_WORDS.map(([word, name]) => [word, name]),
  ),
);

async function contentOf(path: string): Promise<unknown> {
  const cannot = (state: string, hint: string, cause?: unknown) =>
    new BrokenFile(`Cannot read configuration "${path}": ${state}`, hint, { cause });
  if (!MODULES.includes(extname(path))) {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      throw cannot(`${messageOf(error)}, expected JSON`, "correct the file", error);
    }
  }
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw cannot(messageOf(error), "correct the file: it is run as a module", error);
  }
  if (module.default === undefined) {
    throw cannot("it has no default export", "write `export default { … }`");
  }
  return module.default;
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const { plugins, python, runtimePaths, data, out } = config;
  const absolute = (path: string) => resolve(folder, path);
  /** A name without a slash is looked up as usual: a command, a version, a set. */
  const ifPath = (text: string) => /[\\/]/.test(text) ? absolute(text) : text;
  const [dataPath, ...set] = data?.split("#") ?? [];
  const isData = data !== undefined && (/[\\/]/.test(data) || existsSync(absolute(dataPath)));
  return {
    ...config,
    ...plugins && { plugins: plugins.map((one) => absolutePlugin(one, folder)) },
    ...python !== undefined && { python: ifPath(python) },
    ...runtimePaths && {
      runtimePaths: Object.fromEntries(
        Object.entries(runtimePaths).map(([name, path]) => [name, ifPath(path)]),
      ),
    },
    ...isData && { data: [absolute(dataPath), ...set].join("#") },
    ...out !== undefined && { out: absolute(out) },
  };
}

/** A command line may name files of the project: they are found beside the configuration, too. */
function absolutePlugin(plugin: string, folder: string): string {
  if (!plugin.startsWith("cmd:")) return resolve(folder, plugin);
  const words = wordsOf(plugin).map((word) => {
    const path = resolve(folder, word);
    return /^\.{1,2}[\\/]/.test(word) || isFile(path) ? path : word;
  });
  return commandOf(words);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // absent, or below something that is no folder
  }
}
