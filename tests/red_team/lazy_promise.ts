/** Says that it is sync, and returns a promise. */
import { kernel, type Problem, work } from "./work.ts";

export default {
  name: "lazy_promise",
  summary: "a promise from a kernel that says it is sync",
  precision: "float64",
  open: (problem: Problem) =>
    kernel(
      problem,
      (parameters, batch, gradient) =>
        Promise.resolve().then(() =>
          work(problem, parameters, batch, gradient)
        ) as unknown as number,
    ),
};
