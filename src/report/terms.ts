import type { Summary } from "../format/summary.ts";
import type { Cell } from "../format/trial_record.ts";
import { PLAN_FIELDS } from "../format/plan_fields.ts";
import { counted } from "./numbers.ts";

/** What was trained, and how: "mnist", "784-16-16-10", "minibatch B = 10" and so on. */
export function termsOf({ plan, data }: Summary): string[] {
  return [
    data.synthetic ? "synthetic digits" : data.name,
    plan.layers.map((layerSizes) => layerSizes.join("-")).join(", "),
    [...plan.hiddenActivations, ...plan.outputLosses].join(", "),
    `minibatch B = ${plan.batchSizes.join(", ")}`,
    `rate ${plan.rates.join(", ")}`,
    counted(plan.epochs, "epoch"),
    ...(plan.resolve === undefined ? [counted(plan.rounds, "round")] : []),
  ];
}

/** Without what is as usual. */
export const shortTermsOf = (summary: Summary): string[] =>
  termsOf(summary).filter((term) => term !== USUAL);

const USUAL = [PLAN_FIELDS.hiddenActivations.default, PLAN_FIELDS.outputLosses.default].join(", ");

/** In which runtimes, on which machine. */
export const placeOf = ({ environment }: Summary): string[] => [
  ...runtimesOf(environment),
  environment.cpu,
  counted(environment.cores, "core"),
];

/** "deno 2.9.6", "node 24.8.0". */
export const runtimesOf = ({ runtimes }: Summary["environment"]): string[] =>
  Object.entries(runtimes).map(([name, version]) => `${name} ${version}`);

/** The program of a cell: "naive_loop", or "naive_loop (reference)" for a copy. */
export const programName = ({ implementation, copy }: Cell): string =>
  copy === undefined ? implementation : `${implementation} (${copy})`;

/** The program, runtime, threads and ranks of a cell, as parts of a line. */
export const programParts = (cell: Cell): string[] => [
  programName(cell),
  cell.runtime,
  ...(cell.threads > 1 ? [counted(cell.threads, "thread")] : []),
  ...(cell.ranks === undefined ? [] : [counted(cell.ranks, "rank")]),
];
