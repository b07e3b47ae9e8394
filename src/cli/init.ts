import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { argument, flag, merge, message, object, option, string, withDefault } from "@optique/core";
import { InputError } from "../base/errors.ts";
import { cannotWrite } from "../base/files.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { ownCommand } from "../base/own_command.ts";
import { paint, wrapped } from "../report/terminal_style.ts";
import { findConfig } from "../sweep/config_file.ts";
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
  USUAL_NAME,
  workflowFile,
} from "./templates.ts";
import { oneOf } from "./values.ts";

const options = merge(
  object({
    language: withDefault(
      argument(oneOf("LANGUAGE", LANGUAGES), {
        description: message`Language of the plug-in: ts (default), py or c.`,
      }),
      "ts" as Language,
    ),
    name: withDefault(
      option("--name", string({ metavar: "NAME" }), {
        description: message`Name of the program and its files (default: my_gradient).`,
      }),
      USUAL_NAME,
    ),
    workflow: withDefault(
      flag("--workflow", {
        description:
          message`Also write .github/workflows/slope.yml, which measures every pull request on GitHub.`,
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

export const initCommand = plainAction("init", options, texts, async (given, terminal) => {
  const { language, name, workflow, format } = given;
  checkName(name, language);
  const folder = resolve(given.dir ?? ".");
  const { plugin, test } = programFiles(language, name, projectIn(folder));
  checkAbsent([plugin, test], folder);
  const above = existsSync(folder) ? findConfig(folder) : undefined;
  const wanted = [
    { file: plugin, what: "a gradient that is right, to change" },
    { file: test, what: "its test" },
    ...above === undefined
      ? [{ file: configFile(plugin.path), what: "names the plug-in for every command" }]
      : [],
    ...workflow
      ? [{ file: workflowFile(plugin.path), what: "measures every pull request on GitHub" }]
      : [],
  ];
  const [written, kept]: [typeof wanted, typeof wanted] = [[], []];
  for (const one of wanted) {
    ((await writeNew(one.file, folder)) ? written : kept).push(one);
  }
  const pathOf = ({ file }: typeof wanted[0]) => fromHere(join(folder, file.path));
  const keptPaths = [...kept.map(pathOf), ...above === undefined ? [] : [fromHere(above)]];
  const json = { written: written.map(pathOf), kept: keptPaths };
  const start = folder === resolve(".") ? "" : `cd ${fromHere(folder)} && `;
  print(format, terminal, json, () => [
    ...written.flatMap((one) =>
      wrapped(`wrote ${pathOf(one)}: ${one.what}`, terminal, undefined, "  ")
    ),
    ...keptPaths.map((path) => paint("yellow", `kept ${path}, which was there before`, terminal)),
    ...above === undefined
      ? []
      : wrapped(`Add "${plugin.path}" to the plug-ins in ${fromHere(above)}.`, terminal),
    ...wrapped(`Next: \`${start}${ownCommand("bench --quick")}\``, terminal, undefined, "  "),
    ...wrapped(`Test: \`${start}${testCommand(language, test)}\``, terminal, undefined, "  "),
  ]);
  return 0;
});

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

function checkName(name: string, language: Language): void {
  const [pattern, wanted] = language === "py"
    ? [/^[A-Za-z_]\w*$/, "a name that Python can import: letters, digits and _"]
    : [/^[A-Za-z_][\w-]*$/, "letters, digits, - and _"];
  if (pattern.test(name)) return;
  throw new InputError(
    `Cannot call a program "${name}": expected ${wanted}`,
    "choose another --name",
  );
}

/** Throws InputError, before anything is written, where one of the files is there. */
function checkAbsent(files: readonly NewFile[], folder: string): void {
  const there = files.find(({ path }) => existsSync(join(folder, path)));
  if (there === undefined) return;
  throw new InputError(
    `Cannot write "${fromHere(join(folder, there.path))}": it is there already`,
    "choose another --name, or another folder with --dir",
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
