/** Odd mistakes that were thought of after diagnose was finished, in both languages: each is named or located. */
import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import type { Finding } from "../../src/format/finding.ts";
import type { GradientImplementation } from "../../src/gradients/contract.ts";
import { fromShortForm } from "../../src/gradients/short_form.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { loadProgram } from "../../src/trial/program/load_program.ts";
import { randomRows } from "../support/examined.ts";
import { assertSpeaks } from "../support/findings.ts";
import { ODD_PROGRAMS, type OddProgram } from "../support/odd_programs.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";

/** What names a mistake of a stage, if it is no stage without an explanation. */
const NAMED: Readonly<Record<OddProgram["stage"], readonly string[]>> = {
  behaviour: ["non-deterministic"],
  rows: ["rows-interact", "row-weights", "rows-mixed-up"],
  pixels: ["pixel-map"],
  activation: ["wrong-activation", "bias-ignored"],
  output: ["other-loss", "wrong-slope"],
};

function isLocated([first]: readonly Finding[], { stage, layer }: OddProgram): boolean {
  if (first === undefined) return false;
  const isHere = layer === undefined || first.layers.includes(layer);
  if (NAMED[stage].includes(first.id)) return isHere || first.layers.length === 0;
  return first.id === "unexplained" && "stages" in first &&
    first.stages[0]?.stage === stage && first.stages[0].layer === layer;
}

async function missedOf(
  implementationOf: (odd: OddProgram) => GradientImplementation,
): Promise<string[]> {
  const missed: string[] = [];
  for (const odd of ODD_PROGRAMS) {
    const { layerSizes = [20, 7, 5, 3] } = odd;
    const network = {
      layerSizes,
      hiddenActivation: "sigmoid",
      outputLoss: "sigmoid-quadratic",
    } as const;
    const problem = { network, dataset: randomRows(1, 20, 3), maxBatchSize: 10, threads: 1 };
    const initial = initialParameters(network, "scaled-normal", 1);
    const findings = await examineGradient(implementationOf(odd), problem, initial, 1);
    findings.forEach(assertSpeaks);
    if (!isLocated(findings, odd)) missed.push(`${odd.program.name}: ${JSON.stringify(findings)}`);
  }
  if (missed.length > 0) console.error(missed.join("\n"));
  return missed;
}

test("of ten odd programs in TypeScript at least eight are located at their stage", async () => {
  const missed = await missedOf(({ program }) => fromShortForm(program));
  assert.ok(ODD_PROGRAMS.length - missed.length >= 8, missed.join("\n"));
});

test(
  "of the same ten in NumPy at least eight are located at their stage",
  NEEDS_PYTHON,
  async () => {
    const file = fileURLToPath(new URL("../python/odd_ones.py", import.meta.url));
    const programs = await loadProgram(file, PYTHON!);
    const missed = await missedOf(({ program: { name } }) =>
      programs.find((one) => one.name === name)!
    );
    assert.ok(ODD_PROGRAMS.length - missed.length >= 8, missed.join("\n"));
  },
);
