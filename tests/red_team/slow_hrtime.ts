/** Replaces process.hrtime.bigint, the other clock, when it is opened. */
import process from "node:process";
import { type Numbers, type Problem, work } from "./work.ts";

export default {
  name: "slow_hrtime",
  summary: "half of the nanoseconds",
  precision: "float64",
  prepare: (problem: Problem) => {
    const bigint = process.hrtime.bigint;
    process.hrtime.bigint = () => bigint() / 2n;
    return (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
      work(problem, parameters, batch, gradient);
  },
};
