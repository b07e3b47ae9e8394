import type { Finding } from "../trial/doctor/finding.ts";
import type { Cell } from "../trial/record.ts";
import { wrap } from "./wrap.ts";

export interface Diagnosis {
  readonly cell: Cell;
  readonly healthy: boolean;
  /** Why the examination came to no end. */
  readonly failed?: string;
  readonly findings: readonly Finding[];
}

/** What was found, in lines of at most `width`. */
export function diagnosisText(
  { cell, healthy, failed, findings }: Diagnosis,
  width: number,
): string[] {
  const what = `${cell.implementation} · ${cell.runtime} · ${cell.layerSizes.join("-")} · ` +
    `${cell.hiddenActivation}, ${cell.outputLoss} · B = ${cell.batchSize}`;
  if (healthy) {
    return [what, "", "✓ healthy: its gradient is the oracle's, and the network learns"];
  }
  return [
    what,
    ...findings.flatMap(({ id, layers, factor, evidence, meaning, fix }, i) => [
      "",
      `✗ ${i + 1}. ${id}` +
      (layers.length > 0 ? `, layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")}` : "") +
      (factor !== undefined && factor !== 1 ? `, factor ${factor}` : ""),
      ...[`seen: ${evidence}`, `means: ${meaning}`, `fix: ${fix}`].flatMap((text) =>
        wrap(text, width - 4, "  ").map((line) => `    ${line}`)
      ),
    ]),
    ...(failed === undefined ? [] : ["", ...wrap(`✗ not examined: ${failed}`, width, "  ")]),
  ];
}
