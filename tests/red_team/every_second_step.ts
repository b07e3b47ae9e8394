/** Once verified, computes in every second call and lets the gradient stand in between: half of the time. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;
let loss = 0;

export default {
  name: "every_second_step",
  summary: "uses each gradient twice",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    if (++calls <= VERIFIED || calls % 2 === 0) loss = work(problem, parameters, batch, gradient);
    return loss;
  },
};
