import { execFileSync } from "node:child_process";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { skipFor } from "./skips.ts";

/** For tests of native plug-ins: skipped, with the reason, where none can be compiled or called. */
export const NEEDS_COMPILER: { readonly skip?: string } = !has("cc")
  ? { skip: skipFor("no C compiler is here: apt-get install gcc") }
  : CURRENT_RUNTIME.name === "node"
  ? { skip: skipFor("Node cannot call native libraries") }
  : {};

export const NEEDS_RUST: { readonly skip?: string } = has("rustc")
  ? NEEDS_COMPILER
  : { skip: skipFor("no Rust compiler is here: apt-get install rustc") };

function has(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
