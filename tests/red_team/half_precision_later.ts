/** Rounds its gradient to 11 bits of significand, as float16 has, once it was verified as float32. */
import { type Numbers, type Problem, VERIFIED, work } from "./work.ts";

let calls = 0;
const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);
const float16 = (number: number): number => {
  value[0] = number;
  bits[0] = (bits[0] + 0x1000) & 0xffffe000;
  return value[0];
};

export default {
  name: "half_precision_later",
  summary: "float16 that says float32, when timed",
  precision: "float32",
  prepare: (problem: Problem) => (parameters: Numbers, batch: Uint32Array, gradient: Numbers) => {
    const loss = work(problem, parameters, batch, gradient);
    if (++calls > VERIFIED) {
      for (let p = 0; p < gradient.length; p++) gradient[p] = float16(gradient[p]);
    }
    return loss;
  },
};
