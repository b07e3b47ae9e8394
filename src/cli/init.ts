import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve } from "node:path";
import {
  argument,
  flag,
  merge,
  message,
  object,
  option,
  optional,
  string,
  withDefault,
} from "@optique/core";
import { InputError } from "../base/errors.ts";
import { cannotWrite } from "../base/files.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { ownCommand } from "../base/own_command.ts";
import { wrapped } from "../report/terminal_style.ts";
import { findConfig, repositoryAround } from "../sweep/config_file.ts";
import { BRIEFS } from "./briefs.ts";
import { fromHere } from "./configuration.ts";
import { formatOption, plainAction, textOption } from "./options.ts";
import { print } from "./output.ts";
import {
  configFile,
  type Language,
  LANGUAGES,
  type NewFile,
  programFiles,
  projectIn,
  pytestFile,
  pytestSetting,
  slashed,
  USUAL_NAME,
  workflowFile,
} from "./templates.ts";
import { badPythonName } from "./python_names.ts";
import { oneOf } from "./values.ts";

const options = merge(
  object({
    language: optional(argument(oneOf("LANGUAGE", LANGUAGES), {
      description: message`Language of the plug-in: ts (default), py or c.`,
    })),
    name: withDefault(
      option("--name", string({ metavar: "NAME" }), {
        description: message`Name of the program and its files (default: my_gradient).`,
      }),
      USUAL_NAME,
    ),
    workflow: withDefault(
      flag("--workflow", {
        description:
          message`Also write .github/workflows/slope.yml at the root of the repository, which measures every pull request on GitHub; with a configuration and no LANGUAGE, only this file is written.`,
      }),
      false,
    ),
    dir: textOption("--dir", "DIR", message`Folder to write to (default: this one).`),
  }),
  formatOption,
);

const texts = {
  brief: BRIEFS.init,
  description:
    message`The plug-in runs and learns as it is. Files that are there already are never overwritten.`,
};

/** A file to write, unless it is there, and what it is for. */
interface Wanted {
  readonly file: NewFile;
  readonly what: string;
}

export const initCommand = plainAction("init", options, texts, async (given, terminal) => {
  const { language = "ts", name, workflow, format } = given;
  checkName(name, language);
  const folder = resolve(given.dir ?? ".");
  const config = findConfig(folder);
  const base = config === undefined ? folder : dirname(config);
  const { plugin, test } = programFiles(language, name, projectIn(folder));
  const isWorkflowAlone = workflow && config !== undefined && given.language === undefined;
  const needsNative = isWorkflowAlone
    ? /\.(c|so|dylib)["']/.test(readFileSync(config, "utf8"))
    : language === "c";
  const wanted: Wanted[] = [
    ...isWorkflowAlone ? [] : programWanted(plugin, test, language, folder),
    ...config === undefined
      ? [{ file: configFile(plugin.path), what: "names the plug-in for every command" }]
      : [],
    ...workflow
      ? [{
        file: workflowIn(folder, base, needsNative),
        what: "measures every pull request on GitHub",
      }]
      : [],
  ];
  const [written, kept]: [Wanted[], Wanted[]] = [[], []];
  for (const one of wanted) ((await writeNew(one.file, folder)) ? written : kept).push(one);
  const pathOf = ({ file }: Wanted) => fromHere(join(folder, file.path));
  if (written.length === 0) {
    throw new InputError(
      `Cannot write ${kept.map(pathOf).join(" and ")}: already there, and init overwrites nothing`,
      "choose another --name, or another folder with --dir",
    );
  }
  print(
    format,
    terminal,
    { written: written.map(pathOf), kept: kept.map(pathOf) },
    () => [
      ...written.flatMap((one) =>
        wrapped(`wrote ${pathOf(one)}: ${one.what}`, terminal, undefined, "  ")
      ),
      ...kept.flatMap((one) =>
        wrapped(`kept ${pathOf(one)}, which was there before`, terminal, "yellow", "  ")
      ),
      ...isWorkflowAlone ? [] : [
        ...hintsFor(plugin, language, folder, config).flatMap((text) => wrapped(text, terminal)),
        ...nextLines(language, testCommand(language, test), folder)
          .flatMap((text) => wrapped(text, terminal, undefined, "  ")),
      ],
    ],
  );
  return 0;
});

function programWanted(
  plugin: NewFile,
  test: NewFile,
  language: Language,
  folder: string,
): Wanted[] {
  const pytest = language === "py" ? pytestFile(folder) : undefined;
  return [
    { file: plugin, what: "a gradient that is right, to change" },
    { file: test, what: "its test" },
    ...pytest ? [{ file: pytest, what: "where pytest finds Slope's kit" }] : [],
  ];
}

/** What the user has to add to files that are there. */
function hintsFor(
  plugin: NewFile,
  language: Language,
  folder: string,
  config: string | undefined,
): string[] {
  const named = config === undefined
    ? undefined
    : slashed(relative(dirname(config), join(folder, plugin.path)));
  const hasSettings = language === "py" && pytestFile(folder) === undefined &&
    !existsSync(join(folder, "pytest.ini"));
  return [
    ...config === undefined || named === undefined || isNamedIn(config, named)
      ? []
      : [`Add "${named}" to the plug-ins in ${fromHere(config)}.`],
    ...hasSettings ? [`Add ${pytestSetting(folder)} to the settings of pytest.`] : [],
  ];
}

/** Whether a configuration, of JSON or JavaScript, has this path among its texts. */
const isNamedIn = (config: string, path: string): boolean =>
  [...readFileSync(config, "utf8").matchAll(/(["'`])(.*?)\1/g)]
    .some(([, , text]) => posix.normalize(text) === path);

/** The workflow for the plug-ins of the folder `base`. GitHub runs only those at the root of a repository. */
function workflowIn(folder: string, base: string, needsNative: boolean): NewFile {
  const root = repositoryAround(base) ?? base;
  const { path, text } = workflowFile(needsNative, slashed(relative(root, base)));
  return { path: relative(folder, join(root, path)), text };
}

function nextLines(language: Language, test: string, folder: string): string[] {
  const start = folder === resolve(".") ? "" : `cd ${fromHere(folder)} && `;
  const isElsewhere = language === "c" && CURRENT_RUNTIME.name === "node"; // which cannot call C
  const bench = ownCommand(`bench --quick${isElsewhere ? " --runtimes deno" : ""}`);
  return [`Next: \`${start}${bench}\``, `Test: \`${start}${test}\``];
}

function testCommand(language: Language, { path, text }: NewFile): string {
  if (language === "py") return `python -m pytest ${path}`;
  if (language === "c") return `./${path}`;
  if (text.includes('"vitest"')) return "npx vitest run";
  return {
    deno: `deno test --allow-all ${path}`,
    bun: `bun test ./${path}`,
    node: `node --test ${path}`,
  }[CURRENT_RUNTIME.name];
}

const PYTHON_WANTS = {
  "no-name": "a name that Python can import: letters, digits and _",
  keyword: "a name that Python can import: it is a word of the language",
  module: "a name that hides no module: Python, NumPy or Slope's kit has one of this name",
} as const;

function checkName(name: string, language: Language): void {
  const bad = language === "py" ? badPythonName(name) : undefined;
  const wanted = language === "py"
    ? bad && PYTHON_WANTS[bad]
    : /^[A-Za-z_][\w-]*$/.test(name)
    ? undefined
    : "letters, digits, - and _";
  if (wanted === undefined) return;
  throw new InputError(
    `Cannot call a program "${name}": expected ${wanted}`,
    "choose another --name",
  );
}

/** Writes a file that is not there, and its folders; false where it is. Throws InputError when the system refuses. */
async function writeNew({ path, text, isExecutable }: NewFile, folder: string): Promise<boolean> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: "wx", mode: isExecutable ? 0o755 : 0o644 });
    return true;
  } catch (error) {
    const isThere = (error as { code?: string }).code === "EEXIST" && existsSync(target);
    if (isThere) return false;
    throw cannotWrite(target, error, "name a folder that you may write to with --dir");
  }
}
