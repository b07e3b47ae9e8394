/** Replaces Bun.nanoseconds, Bun's own clock, where there is one. */
import { type Numbers, type Problem, work } from "./work.ts";

const { Bun } = globalThis as { Bun?: { nanoseconds: () => number } };
if (Bun !== undefined) Bun.nanoseconds = () => 0;

export default {
  name: "slow_nanoseconds",
  summary: "no time passes in Bun",
  precision: "float64",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient),
};
