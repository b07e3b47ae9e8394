import type { Terminal } from "../base/terminal.ts";
import type { Plan } from "../format/plan.ts";
import { sandboxLines } from "../report/sandbox_words.ts";
import { describeConfinement } from "../sweep/confinement.ts";

/** Says once what keeps the plug-ins of a plan from the rest of the machine. */
export async function noteSandbox(
  { sandbox, plugins, runtimes }: Pick<Plan, "sandbox" | "plugins" | "runtimes">,
  { note }: Pick<Terminal, "note">,
): Promise<void> {
  const held = await describeConfinement(sandbox, plugins, runtimes);
  sandboxLines(held).forEach((line) => note(`sandbox: ${line}`));
}
