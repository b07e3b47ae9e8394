import { execFileSync } from "node:child_process";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";

/** For tests of native plug-ins: skipped, with the reason, where none can be compiled or called. */
export const NEEDS_COMPILER: { readonly skip?: string } = !has("cc")
  ? { skip: "no C compiler is here: apt-get install gcc" }
  : CURRENT_RUNTIME.name === "node"
  ? { skip: "Node cannot call native libraries" }
  : {};

export const NEEDS_RUST: { readonly skip?: string } = has("rustc")
  ? NEEDS_COMPILER
  : { skip: "no Rust compiler is here: apt-get install rustc" };

for (const { skip } of [NEEDS_COMPILER, NEEDS_RUST]) if (skip) console.error(`skipped: ${skip}`);

function has(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
