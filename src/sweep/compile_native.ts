import { execFile } from "node:child_process";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BrokenFile, InputError, messageOf } from "../base/errors.ts";
import { makeTemporaryFolder } from "../base/temporary_folder.ts";

const execute = promisify(execFile);

const HEADERS = fileURLToPath(new URL("../../kits/c/", import.meta.url));
const FLAGS = ["-O3", "-march=native", "-fPIC", "-shared", "-Wall", `-I${HEADERS}`];
/** Lines of the compiler that are shown. */
const MOST_LINES = 12;

/** The library of a plug-in in C, compiled now; any other plug-in as it is. */
export const libraryOf = async (plugin: string): Promise<string> =>
  plugin.endsWith(".c") ? await compileNative(plugin) : plugin;

/**
 * Compiles a plug-in in C to a library in a temporary folder, which is removed when this process ends. Throws
 * BrokenFile with what the compiler says.
 */
async function compileNative(plugin: string): Promise<string> {
  const folder = await makeTemporaryFolder();
  process.on("exit", () => rmSync(folder.path, { recursive: true, force: true }));
  const library = join(folder.path, basename(plugin).replace(/\.c$/, ".so"));
  try {
    await execute("cc", [...FLAGS, "-o", library, plugin, "-lm"], { cwd: dirname(plugin) });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") {
      throw new InputError(
        `Cannot compile plug-in "${plugin}": there is no C compiler "cc"`,
        "install one, as with `apt-get install gcc`, or name a library that is compiled already",
      );
    }
    const lines = (stderr ?? messageOf(error)).trim().split("\n");
    const told = lines.slice(0, MOST_LINES).join("\n");
    throw new BrokenFile(
      `Cannot compile plug-in "${plugin}":\n${told}`,
      "kits/c/slope.h has the functions of a native plug-in",
    );
  }
  return library;
}
