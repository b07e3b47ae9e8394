import type { ComparedCell, Comparison } from "../../src/format/comparison.ts";
import { makeTrial } from "./trials.ts";

const cellOf = (
  implementation: string,
  verdict: ComparedCell["verdict"],
  ratio: number,
  interval: [number, number],
): ComparedCell => ({
  cell: makeTrial({ cell: { implementation } }).cell,
  label: implementation,
  a: { nsPerEpoch: 1e8, trials: 3 },
  b: { nsPerEpoch: ratio * 1e8, trials: 3 },
  ratio,
  interval,
  verdict,
  ...(verdict === "unresolved" && { doubt: { kind: "noise" as const } }),
});

/** A comparison with every verdict in it, and a cell that was not compared. */
export const makeComparison = (overrides: Partial<Comparison> = {}): Comparison => ({
  schema: 1,
  verdict: "slower",
  threshold: 0.03,
  thresholdInForce: 0.03,
  alpha: 0.05,
  paired: false,
  a: { run: "run-a", slope: "0.1.0", gitCommit: "0123456789ab" },
  b: { run: "run-b", slope: "0.1.0", gitCommit: "cccccccccccc" },
  commonRatio: 1,
  cells: [
    cellOf("naive_loop", "slower", 1.5, [1.4, 1.6]),
    cellOf("outer_product", "faster", 0.7, [0.65, 0.75]),
    cellOf("fused_typed", "same", 1.001, [0.995, 1.01]),
    cellOf("sparse_typed", "unresolved", 1.04, [0.98, 1.1]),
  ],
  refused: [{
    cell: makeTrial({ cell: { examples: 8000 } }).cell,
    reason: { kind: "only-in", side: "a" },
  }],
  wrongCells: 0,
  notes: [],
  ...overrides,
});
