import { merge, message } from "@optique/core";
import { Interrupted } from "../base/errors.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatFixed,
  formatPercent,
} from "../report/numbers.ts";
import { wrap } from "../base/wrap.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { prepareSweep } from "../sweep/prepared_sweep.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Message } from "../format/protocol.ts";
import { runTrial, skippedTrial } from "../trial/run_trial.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  dataOptions,
  isOneNamed,
  linesFormatOption,
  loadData,
  nameArgument,
  type PrintFormat,
  withFile,
} from "./options.ts";
import {
  implementationOptions,
  modelOptions,
  planInputs,
  runtimeOptions,
  trainingOptions,
} from "./plan_options.ts";
import { createProgramLog } from "./program_log.ts";
import { noteSandbox } from "./sandbox_note.ts";
import type { Terminal } from "../base/terminal.ts";
import { NONE } from "../report/grid.ts";
import { reasonsText, reasonText } from "../report/reason_words.ts";
import { diagnoseCommand } from "../report/failure_words.ts";

/** One implementation, the fastest that needs nothing special, on the whole set. */
const DEFAULTS: PlanInput = { implementations: ["fused_typed"], sizes: ["all"] };

const options = merge(
  nameArgument(message`Implementation to train, or your own file (default: fused_typed).`),
  implementationOptions(DEFAULTS),
  runtimeOptions,
  modelOptions(DEFAULTS),
  trainingOptions,
  dataOptions,
  linesFormatOption,
);

const texts = { brief: BRIEFS.train };

export const trainCommand = action("train", options, texts, async (options, terminal, signal) => {
  const given = withFile(options);
  // A plug-in takes the place of the default implementation.
  const implementations = given.implementations ??
    (given.name === undefined ? given.plugins && [] : [given.name]);
  const setup = await resolveSetup(
    [DEFAULTS, ...planInputs({ ...given, implementations })],
    () => loadData(given, terminal, signal),
    { onlyNamed: isOneNamed(given), signal },
  );
  const prepared = await prepareSweep(setup, signal, createProgramLog(terminal));
  await noteSandbox(setup.plan, terminal);
  try {
    let code = 0;
    for (const cell of prepared.cells) {
      const reason = prepared.unavailable(cell);
      signal.throwIfAborted();
      if (given.format === "text") {
        wrap(
          `${cell.implementation} on ${cell.runtime}: ${counted(cell.examples, "example")} of ` +
            `${setup.data.source.name}, ${cell.layerSizes.join("-")}, B = ${cell.batchSize}, ` +
            `rate ${cell.rate}, seed ${cell.seed}`,
          terminal.width,
          "  ",
        ).forEach(terminal.out);
      }
      if (reason !== undefined) {
        terminal.note(`${cell.implementation}: skipped: ${reasonText(reason)}`);
        if (given.format === "json") terminal.out(JSON.stringify(skippedTrial(cell, 1, reason)));
        continue;
      }
      let hasLoss = true;
      let trained = 0;
      const record = await runTrial({
        ...prepared.trial(cell, 1, 60e9 * setup.plan.epochs, {
          training: { epochs: setup.plan.epochs },
        }),
        onMessage(told) {
          if (told.type === "opened") hasLoss = told.returnsLoss !== false;
          if (told.type === "epoch") trained = told.epoch;
          show(told, hasLoss, given.format, terminal);
        },
      });
      if (record === undefined) throw interruptedAfter(trained, setup.plan.epochs);
      if (given.format === "json") terminal.out(JSON.stringify(record));
      if (record.status === "failed") {
        terminal.note(`${cell.implementation}: failed: ${reasonsText(record.reasons ?? [])}`);
        terminal.note(`hint: \`${diagnoseCommand(cell.implementation, setup.plan)}\` says why`);
        code = 1;
      }
    }
    return code;
  } finally {
    await prepared.close();
  }
});

const interruptedAfter = (trained: number, planned: number): Interrupted =>
  new Interrupted(
    `${formatCount(trained)} of ${counted(planned, "epoch")} ${
      planned === 1 ? "was" : "were"
    } trained; ` +
      "the same command starts anew; fewer --epochs or smaller --sizes take less time",
  );

function show(told: Message, hasLoss: boolean, format: PrintFormat, terminal: Terminal): void {
  if (format === "json") return;
  if (told.type === "verified") {
    terminal.out(`gradient ${told.verification.verdict}`);
  }
  if (told.type === "epoch") {
    if (told.epoch === 1) terminal.out("epoch  loss      test accuracy  time");
    terminal.out([
      String(told.epoch).padStart(5),
      (told.loss !== undefined ? formatFixed(told.loss, 6) : hasLoss ? "not finite" : "–").padEnd(
        8,
      ),
      (told.testAccuracy === undefined ? NONE : formatPercent(told.testAccuracy)).padEnd(13),
      formatDuration(told.trainNs),
    ].join("  "));
  }
}
