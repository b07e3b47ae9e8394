/** Replaces performance.now when it is imported: time passes at half speed. */
import { type Numbers, type Problem, work } from "./work.ts";

const now = performance.now.bind(performance);
performance.now = () => now() / 2;

export default {
  name: "slow_clock",
  summary: "half of the time",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient),
};
