import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { slopeFolder } from "../base/own_files.ts";
import { SLOPE_VERSION } from "../base/version.ts";

const TEMPLATES = join(slopeFolder(), "kits", "templates");

/** What the templates call the program, in their names and texts. */
export const USUAL_NAME = "my_gradient";

export const LANGUAGES = ["ts", "py", "c"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A file of the user's project to be. */
export interface NewFile {
  /** Relative to the folder of the project. */
  readonly path: string;
  readonly text: string;
  readonly isExecutable?: boolean;
}

/** What decides how files of a project are read. */
interface Project {
  /** Node reads .ts there as CommonJS, which has no `export`. */
  readonly isCommonJs: boolean;
  readonly hasVitest: boolean;
  /** Packages come from deno.json alone. */
  readonly isDenoAlone: boolean;
}

/** Reads the project in a folder from its package.json and deno.json; a broken one tells nothing. */
export function projectIn(folder: string): Project {
  const { type, dependencies, devDependencies } = readJson(join(folder, "package.json"));
  const has = (name: string) => existsSync(join(folder, name));
  return {
    isCommonJs: type === "commonjs",
    hasVitest: "vitest" in { ...dependencies ?? {}, ...devDependencies ?? {} },
    isDenoAlone: (has("deno.json") || has("deno.jsonc")) && !has("package.json"),
  };
}

function readJson(path: string): Record<string, object | string | undefined> & {
  dependencies?: object;
  devDependencies?: object;
} {
  try {
    return JSON.parse(readFileSync(path, "utf8")) ?? {};
  } catch {
    return {};
  }
}

/** The plug-in and its test. */
export function programFiles(language: Language, name: string, project: Project): {
  readonly plugin: NewFile;
  readonly test: NewFile;
} {
  const [plugin, test] = FILES[language].map((file) => fileLike(file, name));
  if (language !== "ts") return { plugin, test };
  const ending = (text: string) => project.isCommonJs ? text.replaceAll(/\.ts\b/g, ".mts") : text;
  const runner = project.hasVitest ? "vitest" : "node:test";
  const library = project.isDenoAlone ? `npm:slope-bench@${SLOPE_VERSION}` : "slope-bench";
  return {
    plugin: { path: ending(plugin.path), text: ending(plugin.text) },
    test: {
      path: ending(test.path),
      text: ending(test.text).replace('"node:test"', `"${runner}"`)
        .replace('"slope-bench"', `"${library}"`),
    },
  };
}

const FILES: Record<Language, readonly [plugin: string, test: string]> = {
  ts: ["my_gradient.ts", "my_gradient.test.ts"],
  py: ["my_gradient.py", "test_my_gradient.py"],
  c: ["my_gradient.c", "test_my_gradient.sh"],
};

/** As configurations, workflows and pytest write paths on every system. */
export const slashed = (path: string): string => path.replaceAll(sep, "/");

/**
 * A workflow that measures the plug-ins of the configuration in every pull request. `folder` holds them, seen from the
 * root of the repository. Node runs no programs in C.
 */
export function workflowFile(needsNative: boolean, folder: string): NewFile {
  const inputs = [
    ...folder === "" ? [] : [`working-directory: ${JSON.stringify(folder)}`],
    ...needsNative ? ["runtime: deno # programs in C need it, or bun"] : [],
  ];
  return {
    path: join(".github", "workflows", "slope.yml"),
    text: templateText("slope.yml").replace("@v0.0.0", `@v${SLOPE_VERSION}`) +
      (inputs.length === 0 ? "" : "        with:\n") +
      inputs.map((input) => `          ${input}\n`).join(""),
  };
}

/** Files in which pytest looks for its settings, the first of which counts. */
const PYTEST_FILES = ["pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];

const settingsOfPytest = (folder: string): string | undefined =>
  PYTEST_FILES.find((name) => existsSync(join(folder, name)));

/** What tells pytest where the kit is: in the project's packages, or where Slope is. */
export function pytestSetting(folder: string): string {
  const kit = join("kits", "python");
  const installed = join("node_modules", "slope-bench", kit);
  const path = existsSync(join(folder, installed)) ? installed : join(slopeFolder(), kit);
  return pytestLine(path, sep, settingsOfPytest(folder) === "pyproject.toml");
}

/** Outside TOML, pytest splits the line as a shell does: backslashes would vanish. */
export function pytestLine(path: string, separator: string, isToml = false): string {
  const text = path.replaceAll(separator, "/");
  if (isToml) return `pythonpath = [${JSON.stringify(text)}]`;
  return `pythonpath = ${/^[\w./:-]+$/.test(text) ? text : JSON.stringify(text)}`;
}

/** The settings with which pytest finds the kit; undefined where the project has settings of its own. */
export function pytestFile(folder: string): NewFile | undefined {
  if (settingsOfPytest(folder) !== undefined) return undefined;
  return { path: PYTEST_FILES[0], text: `[pytest]\n${pytestSetting(folder)}\n` };
}

/** A configuration that names the plug-in, for `bench` and the others. */
export const configFile = (plugin: string): NewFile => ({
  path: "slope.config.json",
  text: JSON.stringify({ plugins: [plugin] }, undefined, 2) + "\n",
});

function fileLike(file: string, name: string): NewFile {
  const renamed = (text: string) => text.replaceAll(USUAL_NAME, name);
  return {
    path: renamed(file),
    text: renamed(templateText(file)),
    ...file.endsWith(".sh") && { isExecutable: true },
  };
}

const templateText = (file: string): string => readFileSync(join(TEMPLATES, file), "utf8");
