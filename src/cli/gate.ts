import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import type { Comparison } from "../format/comparison.ts";
import type { Terminal } from "../base/terminal.ts";
import { choiceList, percentage } from "./values.ts";

const FAIL_ON = ["slower", "wrong", "unresolved"] as const;

/** Smaller differences do not count where nothing else is said, as a factor less 1. */
export const THRESHOLD = 0.03;

/** What a comparison counts, and what of it ends with exit code 1. */
export const gateOptions = object("Comparison", {
  threshold: withDefault(
    option("--threshold", percentage(), {
      description: message`Smaller differences do not count (default: 3%).`,
    }),
    THRESHOLD,
  ),
  failOn: withDefault(
    option("--fail-on", choiceList("VERDICTS", FAIL_ON), {
      description:
        message`Exit code 1 where one of these occurs: slower (default), wrong, unresolved.`,
    }),
    ["slower"] as (typeof FAIL_ON)[number][],
  ),
});

/** 1 where the comparison has a verdict that it must not have, which is told; else 0. */
export function gate(
  comparison: Comparison,
  { failOn }: InferValue<typeof gateOptions>,
  terminal: Terminal,
): 0 | 1 {
  const failed = failOn.filter((one) =>
    one === "wrong"
      ? comparison.wrongCells > 0
      : comparison.cells.some(({ verdict }) => verdict === one)
  );
  failed.forEach((one) => terminal.note(`failed: --fail-on ${one}`));
  return failed.length > 0 ? 1 : 0;
}
