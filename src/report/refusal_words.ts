import type { Comparison, Refusal } from "../format/comparison.ts";
import type { Reason } from "../format/reason.ts";
import type { Cell } from "../format/trial_record.ts";
import { axesOfCells, axisParts } from "../summary/axes.ts";
import { reasonsKey } from "../summary/reasons_key.ts";
import { counted, formatCount } from "./numbers.ts";
import { deviceText, reasonsText } from "./reason_words.ts";
import { programParts } from "./terms.ts";

/** What was not compared: one text for cells that are alike. */
export function refusedTexts(refused: Comparison["refused"]): { text: string; isWrong: boolean }[] {
  const axes = axesOfCells(refused.map(({ cell }) => cell));
  const partsOf = (cell: Cell) => [...programParts(cell), ...axisParts(cell, axes)];
  const alike = Map.groupBy(
    refused,
    ({ cell, reason }) => [...partsOf(cell), refusalKey(reason)].join("|"),
  );
  return [...alike.values()].map((cells) => {
    const [{ cell, reason }] = cells;
    const where = [...partsOf(cell), `m = ${sizesText(cells.map(({ cell }) => cell))}`];
    return {
      text: `${where.join(" · ")}: ${refusalText(reason)}`,
      isWrong: reason.kind === "wrong",
    };
  });
}

/** "1,000, 2,000" */
export const sizesText = (cells: readonly { examples: number }[]): string =>
  [...new Set(cells.map(({ examples }) => formatCount(examples)))].join(", ");

/** Refusals that differ in figures alone have one key. */
function refusalKey(reason: Refusal): string {
  switch (reason.kind) {
    case "skipped":
      return `${reason.kind} ${reason.side} ${reasonsKey(reason.reasons ?? [])}`;
    case "wrong":
    case "faulty-before": {
      const { kind, fault } = reason;
      return `${kind} ${fault.kind} ${fault.kind === "failed" && reasonsKey(fault.reasons ?? [])}`;
    }
    case "few-rounds":
      return reason.kind;
    default:
      return JSON.stringify(reason);
  }
}

/** Why a cell is not compared. */
export function refusalText(reason: Refusal): string {
  switch (reason.kind) {
    case "only-in": {
      const only = `only in ${nameOf(reason.side)}`;
      if (reason.nearest === undefined) return only;
      const { field, value } = reason.nearest;
      const other = reason.side === "a" ? "B" : "A";
      return `${only}; ${other} has it with ${FIELD_WORDS[field] ?? field} ${value}`;
    }
    case "wrong":
      return faultText(reason.fault, "in B, right in A");
    case "faulty-before":
      return faultText(reason.fault, "in A");
    case "skipped":
      return because(`skipped in ${nameOf(reason.side)}`, reason.reasons ?? []);
    case "devices":
      return `${deviceText(reason.a)} computed in A, ${deviceText(reason.b)} in B`;
    case "few-trials":
      return `a single trial in ${reason.sides.map(nameOf).join(" and in ")}: it takes ` +
        `${reason.needed} to see how much processes differ`;
    case "few-rounds":
      return `${counted(reason.rounds, "round")} in common: it takes ${reason.needed}`;
  }
}

const nameOf = (side: "a" | "b"): string => side.toUpperCase();

const faultText = (fault: Extract<Refusal, { kind: "wrong" }>["fault"], where: string): string =>
  fault.kind === "failed"
    ? because(`failed ${where}`, fault.reasons ?? [])
    : `its gradient is wrong ${where}`;

const because = (text: string, reasons: readonly Reason[]): string =>
  reasons.length === 0 ? text : `${text}: ${reasonsText(reasons)}`;

/** Where a field of a cell has another name in words. */
const FIELD_WORDS: Partial<Record<string, string>> = {
  batchSize: "B =",
  layerSizes: "layers",
  hiddenActivation: "activation",
  outputLoss: "loss",
};
