import { execFileSync } from "node:child_process";
import process from "node:process";
import { findPython, pythonCommands } from "../../src/sweep/interpreters.ts";
import { identify } from "../../src/trial/runtimes.ts";
import { skipFor } from "./skips.ts";

const code = "import json, sys, numpy; " +
  "print(json.dumps({'path': sys.executable, 'version': numpy.__version__}))";

async function firstWithNumpy(): Promise<string | undefined> {
  for (const command of pythonCommands(process.env)) {
    const found = await findPython(command);
    if (!("path" in found)) continue;
    const numpy = await identify(found.path, ["-c", code], 20_000).catch(() => undefined);
    if (numpy !== undefined) return found.path;
  }
  return undefined;
}

/** A Python with NumPy; undefined where there is none. */
export const PYTHON: string | undefined = await firstWithNumpy();

/** For tests of Python plug-ins: skipped, with the reason, where none can run. */
export const NEEDS_PYTHON: { readonly skip?: string } = PYTHON === undefined
  ? { skip: skipFor("no Python with NumPy; apt-get install python3-numpy") }
  : {};

/** For tests of the example in Perl. */
export const NEEDS_PERL: { readonly skip?: string } = hasPerl()
  ? {}
  : { skip: skipFor("no Perl with JSON::PP") };

function hasPerl(): boolean {
  try {
    execFileSync("perl", ["-MJSON::PP", "-e", "1"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
