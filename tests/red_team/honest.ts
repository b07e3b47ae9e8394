/** No trick at all: the control of this folder. */
import { type Numbers, type Problem, work } from "./work.ts";

export default {
  name: "honest",
  summary: "does its work",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient),
};
