import { ownFile } from "../base/own_command.ts";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { readFileSync, rmSync } from "node:fs";
import { compile, COMPILER } from "../base/compile.ts";
import { known } from "../base/known.ts";
import { BrokenFile, InputError, NoProgram } from "../base/errors.ts";
import { slopeFolder } from "../base/own_files.ts";
import { makeTemporaryFolder } from "../base/temporary_folder.ts";
import { boxWords } from "../trial/box/bubblewrap.ts";
import { commandFolders, namedFolders, projectFolder } from "../trial/box/program_folders.ts";
import type { Confinement } from "../trial/runtimes.ts";

const HEADERS = join(slopeFolder(), "kits", "c");

/** The library of a plug-in in C, compiled now; any other plug-in as it is. */
export const libraryOf = async (
  plugin: string,
  confinement?: Confinement,
  signal?: AbortSignal,
): Promise<string> =>
  plugin.endsWith(".c") ? await compileNative(plugin, confinement, signal) : plugin;

/**
 * Compiles a plug-in in C to a library in a temporary folder, which is removed when this process ends. In a sandbox the
 * compiler reads the project alone: it could take any other file into the library, as by `.incbin`. Throws
 * BrokenFile with what the compiler says, or NoProgram where the file does not name the function of a program.
 */
async function compileNative(
  plugin: string,
  confinement: Confinement | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = await makeTemporaryFolder();
  process.on("exit", () => rmSync(folder.path, { recursive: true, force: true }));
  const library = join(folder.path, basename(plugin).replace(/\.c$/, ".so"));
  const compiled = await compile(plugin, library, {
    flags: [`-I${HEADERS}`],
    cwd: dirname(plugin),
    environment: { ...known(process.env), TMPDIR: folder.path }, // a compiler that is killed leaves files
    signal,
    ...(confinement?.box && {
      before: boxWords(confinement.box, {
        read: [
          HEADERS,
          projectFolder(plugin),
          ...(confinement.isStrict ? [] : namedFolders(plugin)),
          ...commandFolders(COMPILER),
        ],
        write: folder.path,
        startsProcesses: true,
      }),
    }),
  });
  if (compiled.ended === "no-compiler") {
    throw new InputError(
      `Cannot compile plug-in "${plugin}": there is no C compiler "cc"`,
      "install one, as with `apt-get install gcc`, or name a library that is compiled already",
    );
  }
  if (compiled.ended === "failed") {
    // A file that the programs beside it include, or a program with a main of its own.
    const Kind = readFileSync(plugin, "utf8").includes("slope_gradient") ? BrokenFile : NoProgram;
    throw new Kind(
      `Cannot compile plug-in "${plugin}":\n${compiled.text}`,
      `${ownFile("kits/c/slope.h")} has the functions of a native plug-in`,
    );
  }
  return library;
}
