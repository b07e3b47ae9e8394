import type { Comparison } from "../format/comparison.ts";
import type { FailOn } from "../format/config.ts";
import type { Terminal } from "../base/terminal.ts";

/** 1 where the comparison has a verdict that must fail it, which it prints; else 0. */
export function gate(
  comparison: Comparison,
  failOn: readonly FailOn[],
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
