/** Overwrites the minibatch with rows of its choice, once verified: those that are in the cache. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "sorts_batch",
  summary: "trains on the rows that it likes",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    if (++calls > VERIFIED) { for (let n = 0; n < batch.length; n++) batch[n] = n; }
    return work(problem, parameters, batch, gradient);
  },
};
