/** Shows the harness another array whenever it looks: a getter can tell how often it was read. */
import { kernel, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;

export default {
  name: "swaps_gradient",
  summary: "a getter in place of an array",
  precision: "float64",
  open: (problem: Problem) => {
    const honest = kernel(problem, (parameters, batch, gradient) => {
      calls++;
      return work(problem, parameters, batch, gradient);
    });
    const empty = honest.gradient.slice().fill(0);
    const { gradient } = honest;
    return Object.defineProperty(honest, "gradient", {
      get: () => calls > VERIFIED && calls % 2 === 0 ? empty : gradient,
    });
  },
};
