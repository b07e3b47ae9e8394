import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, delimiter, extname, join } from "node:path";
import process from "node:process";
import { InputError } from "../base/errors.ts";
import { ownCommand, ownFile, pathHint } from "../base/own_command.ts";
import { readRange } from "../base/large_files.ts";
import { kindOf, wordsOf } from "../trial/program/kinds.ts";

/** What runs files of other languages. */
const RUNS: Readonly<Record<string, string>> = {
  ".jl": "julia",
  ".r": "Rscript",
  ".m": "octave-cli",
  ".pl": "perl",
  ".rb": "ruby",
  ".lua": "lua",
  ".sh": "sh",
};
/** What makes a shared library of a file, from which extern "C" functions are exported. */
const COMPILES: Readonly<Record<string, string>> = {
  ".rs": "rustc -O -C target-cpu=native --crate-type cdylib -o mine.so",
  ".cpp": "c++ -O3 -march=native -shared -fPIC -o mine.so",
  ".zig": "zig build-lib -dynamic -O ReleaseFast",
  ".f90": "gfortran -O3 -march=native -shared -fPIC -o mine.so",
};
const COMPILED = /^\.(cc|cpp|cxx|rs|f|f90|f95|zig|go|d|nim|swift)$/;
const MODULE = /^(\.[cm]?[jt]s|\.[jt]sx|)$/;

/** Throws InputError where this path leads to no file, which a command was to read, train or the like. */
export function checkIsFile(act: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return;
  throw found?.isDirectory()
    ? new InputError(
      `Cannot ${act} "${path}": it is a folder, expected a file`,
      `name the file; \`${ownCommand(`diagnose ${path}`)}\` examines all programs of a folder`,
    )
    : new InputError(`Cannot ${act} "${path}": there is no such file`, pathHint(path));
}

/** Throws InputError for a file of which nothing says how to run it: it would be imported as a module. */
export function checkFile(plugin: string): void {
  const ending = extname(plugin).toLowerCase();
  const refuse = (why: string, hint: string): never => {
    throw new InputError(`Cannot load plug-in "${plugin}": ${why}`, hint);
  };
  if (ending === ".ipynb") {
    const definitions = `slope.definitions("${basename(plugin)}")`;
    refuse(
      "it is a notebook",
      `write a Python file of a few lines beside it, with ${definitions}: see ${
        ownFile("docs/PYTHON.md")
      }`,
    );
  }
  if (kindOf(plugin) !== "module" || MODULE.test(ending)) return;
  if (COMPILED.test(ending)) {
    refuse(
      "it must be compiled",
      `make a shared library of it, which has the functions of ${ownFile("kits/c/slope.h")}` +
        (ending in COMPILES ? `: ${COMPILES[ending]} ${basename(plugin)}` : ""),
    );
  }
  refuse(
    `nothing says how to run a file "${ending}"`,
    `give its command line, as "cmd: ${RUNS[ending] ?? "PROGRAM"} ${plugin}"; ${
      ownFile("docs/PROTOCOL.md")
    } says what it answers`,
  );
}

/**
 * Throws InputError where the command of a plug-in is not there, or the interpreter that the first line of its file
 * names. A sandbox would only say that it could not start it.
 */
export function checkCommand(plugin: string): void {
  if (process.platform === "win32") return;
  const [command = ""] = wordsOf(plugin);
  const refuse = (why: string, hint: string): never => {
    throw new InputError(`Cannot run plug-in "${plugin}": ${why}`, hint);
  };
  const path = programOnPath(command);
  if (path === undefined) {
    return refuse(
      command.includes("/")
        ? `there is no file ${command}`
        : `there is no program "${command}" on PATH`,
      "install it, or give its path",
    );
  }
  if (!statSync(path).isFile()) refuse(`${command} is no file`, "give the path of a program");
  const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(beginningOf(path));
  if (interpreter === null) return;
  const [, program, argument] = interpreter;
  const isNamed = program.endsWith("/env") && argument !== undefined && !argument.startsWith("-");
  const wanted = isNamed ? argument : program;
  if (programOnPath(wanted) === undefined) {
    refuse(
      `its first line names ${wanted}, which is not there`,
      `install it, or correct the line "${interpreter[0]}"`,
    );
  }
}

/** The file that a command means; undefined where there is none on PATH, or at the path that it is. */
export function programOnPath(command: string): string | undefined {
  if (command.includes("/")) return existsSync(command) ? command : undefined;
  return (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, command))
    .find(isExecutable);
}

const beginningOf = (path: string): string => new TextDecoder().decode(readRange(path, 0, 256));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
