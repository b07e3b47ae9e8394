/** Its gradient is right; its own `step` takes the sum over the minibatch for the mean. */
import { kernel, type Problem, work } from "./work.ts";

export default {
  name: "wrong_step",
  summary: "a fused step that is too long",
  precision: "float64",
  open: (problem: Problem) => {
    const honest = kernel(
      problem,
      (parameters, batch, gradient) => work(problem, parameters, batch, gradient),
    );
    const { parameters, gradient } = honest;
    return {
      ...honest,
      step(batch: Uint32Array, rate: number) {
        const loss = work(problem, parameters, batch, gradient);
        for (let p = 0; p < parameters.length; p++) {
          parameters[p] -= rate * batch.length * gradient[p];
        }
        return loss;
      },
    };
  },
};
