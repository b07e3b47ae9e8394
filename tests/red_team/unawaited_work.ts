/** An async kernel that resolves its promise before the work is done; a timer does it later. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "unawaited_work",
  summary: "answers before it is done",
  precision: "float64",
  prepare:
    (problem: Problem) => async (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
      await Promise.resolve();
      if (++calls <= VERIFIED) return work(problem, parameters, batch, gradient);
      const then = parameters.slice();
      const rows = batch.slice();
      setTimeout(() => work(problem, then, rows, gradient), 1);
      return work(problem, then, rows, gradient.slice());
    },
};
