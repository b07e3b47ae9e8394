import { merge, message } from "@optique/core";
import { formatError } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { verifyAll } from "../sweep/verify_all.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { action, dataOptions, formatOption, loadData } from "./options.ts";
import { print } from "./output.ts";
import {
  implementationOptions,
  modelOptions,
  peerOptions,
  planInputs,
  runtimeOptions,
} from "./plan_options.ts";
import { assumedText } from "../report/assumed_words.ts";
import { deviceText, reasonsText } from "../report/reason_words.ts";

const USUAL_SIZES = [1000];

const options = merge(
  implementationOptions(),
  peerOptions,
  runtimeOptions,
  modelOptions({ sizes: USUAL_SIZES }),
  dataOptions,
  formatOption,
);

const texts = {
  brief: message`Check every implementation against the oracle, without timing it.`,
  description:
    message`Compares gradients with the float64 oracle at several points and minibatch sizes, each implementation in a process of its own. Exit code 1 if one is wrong.`,
};

export const verifyCommand = action("verify", options, texts, async (given, terminal, signal) => {
  // A plug-in alone is meant where no other implementation is named.
  const implementations = given.implementations ?? (given.plugins && []);
  const setup = await resolveSetup(
    planInputs({ ...given, implementations }),
    () => loadData(given, terminal),
    { usualSizes: USUAL_SIZES, signal },
  );
  const records = await verifyAll(
    setup,
    (record) => {
      if (given.format !== "text") return;
      const told = ["checked", assumedText(record.assumed)].filter((text) => text !== undefined);
      terminal.note(`${record.cell.implementation}: ${told.join("; ")}`);
    },
    signal,
  );
  const rows = [HEADER, ...records.map(toRow)];
  print(
    given.format,
    terminal,
    records.map(toJson),
    () => alignedRows(rows, terminal.width).flat(),
  );
  return records.some(({ status }) => status === "failed") ? 1 : 0;
});

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
    status === "ok" ? device ? deviceText(device) : "" : reasonsText(reasons),
  ];
}

const toJson = ({ cell, status, reasons, device, verification }: TrialRecord) => ({
  cell,
  status,
  reasons,
  device,
  verification,
});
