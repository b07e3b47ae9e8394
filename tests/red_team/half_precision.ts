/** Says float32 and computes with 8 bits of significand, as bfloat16 has. */
import { type Numbers, type Problem, work } from "./work.ts";

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);
const bfloat16 = (number: number): number => {
  value[0] = number;
  bits[0] = (bits[0] + 0x8000) & 0xffff0000;
  return value[0];
};

export default {
  name: "half_precision",
  summary: "bfloat16 that says float32",
  precision: "float32",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) =>
    work(problem, parameters, batch, gradient, bfloat16),
};
