/** Says float64 and computes in float32. */
import { type Numbers, type Problem, work } from "./work.ts";

export default {
  name: "single_precision",
  summary: "float32 that says float64",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient, Math.fround),
};
