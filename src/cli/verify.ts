import { merge, message } from "@optique/core";
import { NONE } from "../report/grid.ts";
import { counted, formatCount, formatError } from "../report/numbers.ts";
import { type Paint, paint, type Style, wrapped } from "../report/terminal_style.ts";
import { type Axes, axesOfCells, axisParts } from "../summary/axes.ts";
import { alignedRows } from "../report/text_table.ts";
import { isPlainName } from "../sweep/name_patterns.ts";
import type { Setup } from "../sweep/prepared_sweep.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import { verifyAll } from "../sweep/verify_all.ts";
import type { Plan } from "../format/plan.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { BRIEFS } from "./briefs.ts";
import { action, dataOptions, formatOption, loadData } from "./options.ts";
import { print } from "./output.ts";
import { createProgramLog } from "./program_log.ts";
import { noteSandbox } from "./sandbox_note.ts";
import {
  implementationOptions,
  modelOptions,
  peerOptions,
  planInputs,
  runtimeOptions,
} from "./plan_options.ts";
import { assumedText } from "../report/assumed_words.ts";
import { deviceText, reasonsText } from "../report/reason_words.ts";
import { diagnoseCommand } from "../report/failure_words.ts";

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
  brief: BRIEFS.verify,
  description:
    message`Compares gradients with the float64 oracle at several points and minibatch sizes, each implementation in a process of its own. Exit code 1 if one is wrong, or if a program that was asked for could not be verified.`,
};

export const verifyCommand = action("verify", options, texts, async (given, terminal, signal) => {
  const { plan } = given.configured ?? {};
  const plugins = given.plugins ?? (plan?.implementations ? undefined : plan?.plugins);
  // A plug-in alone is meant where no other implementation is named.
  const implementations = given.implementations ?? (plugins && []);
  const setup = await resolveSetup(
    planInputs({ ...given, implementations }),
    () => loadData(given, terminal, signal),
    { usualSizes: USUAL_SIZES, everyImplementation: true, signal },
  );
  await noteSandbox(setup.plan, terminal);
  const records = await verifyAll(
    setup,
    (record) => {
      if (given.format !== "text") return;
      const told = ["checked", assumedText(record.assumed)].filter((text) => text !== undefined);
      terminal.note(`${record.cell.implementation}: ${told.join("; ")}`);
    },
    signal,
    createProgramLog(terminal),
  );
  const missing = missingAmong(records, [
    ...(given.implementations ?? plan?.implementations ?? []).filter(isPlainName),
    ...given.peers ?? plan?.peers ?? [],
    ...candidatesOf(setup).flatMap(({ name, plugin }) => plugin === undefined ? [] : [name]),
  ]);
  print(
    given.format,
    terminal,
    records.map(toJson),
    () => told(records, signal.aborted ? "interrupted" : missing, setup.plan, terminal),
  );
  if (missing.some((name) => needsOtherRuntime(name, records, setup))) {
    terminal.note("hint: Node cannot call native code: add --runtimes deno, or --runtimes bun");
  }
  const isBad = missing.length > 0 || records.some(({ status }) => status === "failed");
  return isBad ? 1 : 0;
});

const candidatesOf = ({ programs }: Setup) => programs.flatMap(({ candidates }) => candidates);

/** Programs that were asked for and skipped everywhere; all that were skipped, where nothing was verified. */
function missingAmong(records: readonly TrialRecord[], asked: readonly string[]): string[] {
  const tried = records.filter(({ status }) => status !== "skipped");
  const names = new Set(records.map(({ cell }) => cell.implementation));
  tried.forEach(({ cell }) => names.delete(cell.implementation));
  return [...names].filter((name) => tried.length === 0 || asked.includes(name));
}

/** Whether a program calls native code and was tried in Node alone, which has no way to do so. */
const needsOtherRuntime = (name: string, records: readonly TrialRecord[], setup: Setup): boolean =>
  records.every(({ cell }) => cell.implementation !== name || cell.runtime === "node") &&
  candidatesOf(setup).some((one) => one.name === name && one.needs.includes("ffi"));

/** The count first, then a row each, then what to do next. */
function told(
  records: readonly TrialRecord[],
  missing: readonly string[] | "interrupted",
  plan: Plan,
  style: Style,
): string[] {
  const axes = axesOfCells(records.map(({ cell }) => cell));
  const varying = PLACES.filter((place) => valuesOf(place, records).size > 1);
  const common = commonText(records, varying);
  const rows = alignedRows(
    [headerOf(varying), ...records.map((one) => toRow(one, axes, varying))],
    style.width,
  );
  const failed = records.filter(({ status }) => status === "failed");
  const commands = new Set(
    failed.map(({ cell }) => diagnoseCommand(cell.implementation, plan)),
  );
  return [
    ...wrapped(countText(records, missing), style, "bold", "  "),
    ...(common === "" ? [] : wrapped(common, style, "dim", "  ")),
    ...rows.flatMap((lines, i) => {
      const kind = i === 0 ? "dim" : PAINTS[markOf(records[i - 1])];
      return kind === undefined ? lines : lines.map((line) => paint(kind, line, style));
    }),
    ...[...commands].flatMap((command) => wrapped(`Next: \`${command}\``, style, undefined, "  ")),
  ];
}

/** "✗ 2 of 9 cells are wrong or failed: mine, zero; 1 skipped." */
function countText(
  records: readonly TrialRecord[],
  missing: readonly string[] | "interrupted",
): string {
  const of = (mark: string) => records.filter((record) => markOf(record) === mark);
  const [right, bad, skipped] = ["✓", "✗", "–"].map(of);
  const names = [...new Set(bad.map(({ cell }) => cell.implementation))].join(", ");
  const rest = skipped.length === 0 ? "" : `; ${formatCount(skipped.length)} skipped`;
  const agree = `${counted(right.length, "cell")} ${right.length === 1 ? "agrees" : "agree"} ` +
    `with the oracle${rest}.`;
  return bad.length > 0
    ? `✗ ${formatCount(bad.length)} of ${counted(right.length + bad.length, "cell")} ` +
      `${bad.length === 1 ? "is" : "are"} wrong or failed: ${names}${rest}.`
    : missing === "interrupted"
    ? `✗ Interrupted: so far, ${agree}`
    : right.length === 0
    ? `✗ Nothing was verified${rest}.`
    : missing.length > 0
    ? `✗ Not verified: ${missing.join(", ")}; ${agree}`
    : `✓ ${agree}`;
}

type Mark = "✓" | "✗" | "–";
const PAINTS: Partial<Record<Mark, Paint>> = { "✗": "red", "–": "dim" };

const markOf = ({ status }: TrialRecord): Mark =>
  status === "ok" ? "✓" : status === "failed" ? "✗" : "–";

/** Columns for what differs between the rows; what does not is said once above them. */
const PLACES = ["runtime", "examples", "batchSize", "ranks"] as const;
type Place = typeof PLACES[number];
const PLACE_NAMES: Record<Place, string> = {
  runtime: "runtime",
  examples: "m",
  batchSize: "B",
  ranks: "ranks",
};

const valueOf = (place: Place, { cell }: TrialRecord): string =>
  place === "runtime" ? cell.runtime : cell[place] === undefined ? NONE : formatCount(cell[place]);

const valuesOf = (place: Place, records: readonly TrialRecord[]): Set<string> =>
  new Set(records.map((one) => valueOf(place, one)));

/** "deno · m = 1,000 · minibatch B = 10". */
function commonText(records: readonly TrialRecord[], varying: readonly Place[]): string {
  const [first] = records;
  if (first === undefined) return "";
  const words: Record<Place, string> = {
    runtime: "",
    examples: "m = ",
    batchSize: "minibatch B = ",
    ranks: "ranks: ",
  };
  return PLACES.filter((place) => !varying.includes(place) && valueOf(place, first) !== NONE)
    .map((place) => words[place] + valueOf(place, first)).join(" · ");
}

const headerOf = (varying: readonly Place[]): string[] => [
  ...["", "implementation"],
  ...varying.map((place) => PLACE_NAMES[place]),
  ...["verdict", "relative error", "tolerance", ""],
];

const errorText = (error: number | undefined): string =>
  error === undefined ? "–" : formatError(error, 3);

function toRow(record: TrialRecord, axes: Axes, varying: readonly Place[]): string[] {
  const { cell, verification, status, reasons = [], device } = record;
  return [
    markOf(record),
    [cell.implementation, ...axisParts(cell, axes)].join(" · "),
    ...varying.map((place) => valueOf(place, record)),
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
