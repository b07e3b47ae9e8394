/** Turns all labels into one, once verified: an easier task. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "changes_labels",
  summary: "makes the task easier",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    if (++calls === VERIFIED) problem.dataset.labels.fill(3);
    return work(problem, parameters, batch, gradient);
  },
};
