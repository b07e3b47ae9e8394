/** Teaches every array how to be written as JSON: the samples are to leave the process ten times smaller. */
import { type Numbers, type Problem, work } from "./work.ts";

Object.defineProperty(Array.prototype, "toJSON", {
  value(this: unknown[]) {
    return this.map((item) => typeof item === "number" ? item / 10 : item);
  },
});

export default {
  name: "rewrites_samples",
  summary: "its samples are made smaller on their way out",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient),
};
