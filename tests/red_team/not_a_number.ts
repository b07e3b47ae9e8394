/** Once verified, gives NaN: parameters become NaN, and nobody can say any more what their gradient is. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "not_a_number",
  summary: "hides in a training that diverged",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    if (++calls <= VERIFIED) return work(problem, parameters, batch, gradient);
    gradient.fill(NaN);
    return NaN;
  },
};
