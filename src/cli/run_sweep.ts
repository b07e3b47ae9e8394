import type { Terminal } from "../base/terminal.ts";
import { measure } from "../library/measure.ts";
import { failedHookText } from "../report/hook_words.ts";
import { startWarningText } from "../report/warning_words.ts";
import type { RunHandle } from "../sweep/start_run.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";
import { noteSandbox } from "./sandbox_note.ts";
import { createProgress } from "./progress.ts";

/** Sweeps, with progress. Returns whether the whole plan was measured. */
export async function runSweep(
  handle: RunHandle,
  terminal: Terminal,
  onCodeFault: "fail" | "end" = "fail",
): Promise<boolean> {
  const announce = (event: SweepEvent) => progress.show(event);
  const progress = createProgress(terminal);
  handle.warnings.forEach((one) => terminal.note(`warning: ${startWarningText(one)}`));
  terminal.note(`run: ${handle.folder}`);
  await noteSandbox(handle.plan, terminal);
  const { isComplete, hooks } = await measure(handle, announce, onCodeFault)
    .finally(() => progress.stop());
  const failed = hooks.find(({ hook, exitCode }) => hook === "after-run" && exitCode !== 0);
  if (failed) terminal.note(`warning: ${failedHookText(failed)}`);
  return isComplete;
}
