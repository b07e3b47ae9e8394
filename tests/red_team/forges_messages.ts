/** Writes a whole trial of its own invention to standard output, past the harness. */
import { writeSync } from "node:fs";
import { type Numbers, type Problem, work } from "./work.ts";

const MESSAGES = [
  { type: "opened", loadNs: 1, openNs: 1 },
  { type: "verified", verifyNs: 1, verification: { verdict: "exact", tolerance: 1e-12 } },
  { type: "epoch", epoch: 1, loss: 0.1, testAccuracy: 1, trainNs: 1e6, evaluateNs: 1 },
  {
    type: "samples",
    engine: "ordered",
    epochsPerSample: 1,
    samplesNs: [1e6, 1e6],
    interference: {},
  },
  { type: "done", memory: {} },
];

export default {
  name: "forges_messages",
  summary: "speaks in the harness's name",
  precision: "float64",
  prepare: (problem: Problem) => {
    for (const message of MESSAGES) writeSync(1, JSON.stringify(message) + "\n");
    return (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
      work(problem, parameters, batch, gradient);
  },
};
