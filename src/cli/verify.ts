import { merge } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import { formatError } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { verifyAll } from "../sweep/verify_all.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { loadData } from "./load_data.ts";
import { dataOptions, formatOption } from "./options.ts";
import { print } from "./output.ts";
import {
  implementationOptions,
  modelOptions,
  peerOptions,
  planInputs,
  runtimeOptions,
} from "./plan_options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { reasonsText } from "../report/reason_words.ts";

const USUAL_SIZES = [1000];

const options = merge(
  implementationOptions(),
  peerOptions,
  runtimeOptions,
  modelOptions({ sizes: USUAL_SIZES }),
  dataOptions,
  formatOption,
);

export const verifyCommand = command(
  "verify",
  map(options, (given): Invocation => (terminal, signal) => verify(given, terminal, signal)),
  {
    brief: message`Check every implementation against the oracle, without timing it.`,
    description:
      message`Compares gradients with the float64 oracle at several points and minibatch sizes, each implementation in a process of its own. Exit code 1 if one is wrong.`,
  },
);

async function verify(
  given: InferValue<typeof options>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const setup = await resolveSetup(
    planInputs(given),
    () => loadData(given, terminal),
    { usualSizes: USUAL_SIZES, signal },
  );
  const records = await verifyAll(
    setup,
    (record) => {
      if (given.format === "text") terminal.note(`${record.cell.implementation}: checked`);
    },
    signal,
  );
  print(
    given.format,
    terminal,
    records.map(toJson),
    () => alignedRows([HEADER, ...records.map(toRow)], terminal.width).flat(),
  );
  return records.some(({ status }) => status === "failed") ? 1 : 0;
}

const HEADER = "implementation,runtime,m,B,verdict,relative error,tolerance,".split(",");

const errorText = (error: number | undefined): string =>
  error === undefined ? "–" : formatError(error, 3);

function toRow({ cell, verification, status, reasons = [], device }: TrialRecord): string[] {
  return [
    cell.implementation,
    cell.runtime,
    String(cell.examples),
    String(cell.batchSize),
    verification?.verdict ?? status,
    errorText(verification?.maxRelativeError),
    errorText(verification?.tolerance),
    status === "ok" ? device ?? "" : reasonsText(reasons),
  ];
}

function toJson({ cell, verification, status, reasons, device }: TrialRecord) {
  return {
    cell,
    status,
    ...(reasons !== undefined && { reasons }),
    ...(device !== undefined && { device }),
    verification,
  };
}
