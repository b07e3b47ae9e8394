import { type Code, f32x4, i32x4, type Local, v128 } from "../../base/wasm/code.ts";
import type { DeclareLocal } from "../../base/wasm/module.ts";
import type { HiddenActivation } from "../../model/network.ts";

/** How products are added up: in one instruction where the engine has relaxed SIMD, else in two. */
export interface Arithmetic {
  /** a · b + c */
  madd(a: Code, b: Code, c: Code): Code;
  /** c − a · b */
  nmadd(a: Code, b: Code, c: Code): Code;
}

export function arithmetic(relaxed: boolean): Arithmetic {
  return relaxed ? { madd: f32x4.relaxedMadd, nmadd: f32x4.relaxedNmadd } : {
    madd: (a, b, c) => f32x4.add(f32x4.mul(a, b), c),
    nmadd: (a, b, c) => f32x4.sub(c, f32x4.mul(a, b)),
  };
}

/** Beyond ±87 the result would leave the normal numbers of float32; a NaN stays one. */
const LIMIT = 87;
/** 1.5 · 2²³: a float32 this large has no fraction, so that adding it rounds to the nearest integer. */
const ROUNDER = 12_582_912;
/**
 * ln 2 in two parts. The first has 9 bits, so that n times it is exact for the n that occur (7 bits); the
 * second has what it lacks (W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980, ch. 6).
 */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440054690581e-4;
/**
 * e^r for |r| ≤ ½ ln 2, from the constant term up: least greatest relative error, 1.9e-9, found by
 * iteratively reweighted least squares (C. L. Lawson, thesis, UCLA 1961).
 */
const EXPONENTIAL = [
  1,
  1,
  0.49999991059303284,
  0.16666419804096222,
  0.04166822507977486,
  0.008374824188649654,
  0.0013836835278198123,
];

/**
 * e^x of four numbers, for |x| ≤ 87 with a relative error below 2⁻²² (4 units of 2⁻²⁴); outside, that of the
 * nearer limit. NaN gives NaN.
 *
 * x = n ln 2 + r with an integer n, e^x = 2ⁿ e^r: n comes out of the rounding as an integer in the low bits of
 * a float, and is added to the exponent of e^r.
 */
export function exponential({ madd, nmadd }: Arithmetic, x: Code, declare: DeclareLocal): Code {
  const clamped = declare("v128");
  const shifted = declare("v128");
  const n = declare("v128");
  const r = declare("v128");
  const polynomial = EXPONENTIAL.map((c) => f32x4.const(c)).reduceRight((sum, c) =>
    madd(sum, r.get, c)
  );
  return [
    clamped.set(f32x4.pmax(f32x4.pmin(x, f32x4.const(LIMIT)), f32x4.const(-LIMIT))),
    shifted.set(madd(clamped.get, f32x4.const(Math.LOG2E), f32x4.const(ROUNDER))),
    n.set(f32x4.sub(shifted.get, f32x4.const(ROUNDER))),
    r.set(nmadd(n.get, f32x4.const(LN2_HIGH), clamped.get)),
    r.set(nmadd(n.get, f32x4.const(LN2_LOW), r.get)),
    i32x4.add(polynomial, i32x4.shl(shifted.get, 23)),
  ];
}

/** The least weighted sum whose sigmoid is told from that of a smaller one: σ(−30) = 9.4e-14. */
const LEAST_SUM = -30;
/** Deltas nearer to 0 than this are 0. */
const LEAST_DELTA = 1e-24;

/**
 * σ(z) = 1 / (1 + e^−z) of four numbers: absolute error below 2⁻²³. NaN gives NaN.
 *
 * At least σ(−30), and see `flushed`: a product of two numbers that stay above these limits is a normal number
 * of float32. A network with saturated neurons would otherwise compute with subnormal ones, which cost a
 * hundred cycles each: epochs of a network that was trained for long took twice the time.
 */
export function sigmoid(a: Arithmetic, z: Code, declare: DeclareLocal): Code {
  const one = f32x4.const(1);
  const bounded = f32x4.pmax(z, f32x4.const(LEAST_SUM));
  return f32x4.div(one, f32x4.add(one, exponential(a, f32x4.neg(bounded), declare)));
}

/** The deltas with those nearer to 0 than 1e-24 set to 0. NaN stays NaN. */
export function flushed(delta: Local): Code {
  return v128.andnot(delta.get, f32x4.lt(f32x4.abs(delta.get), f32x4.const(LEAST_DELTA)));
}

/** The activations of four weighted sums. tanh z = 2 σ(2z) − 1, absolute error below 2⁻²¹. */
export function activated(
  activation: HiddenActivation,
  arithmetic: Arithmetic,
  z: Code,
  declare: DeclareLocal,
): Code {
  switch (activation) {
    case "sigmoid":
      return sigmoid(arithmetic, z, declare);
    case "tanh":
      return arithmetic.madd(
        f32x4.const(2),
        sigmoid(arithmetic, f32x4.mul(z, f32x4.const(2)), declare),
        f32x4.const(-1),
      );
    case "relu":
      return f32x4.pmax(z, f32x4.const(0));
  }
}

/**
 * `delta` times the slope of the activation, from its value a: a(1 − a), (1 − a)(1 + a), or 1 where a > 0.
 * The factors are not multiplied out: near 1 the difference of squares would lose its digits.
 */
export function timesSlope(activation: HiddenActivation, delta: Code, a: Local): Code {
  const one = f32x4.const(1);
  switch (activation) {
    case "sigmoid":
      return f32x4.mul(delta, f32x4.mul(a.get, f32x4.sub(one, a.get)));
    case "tanh":
      return f32x4.mul(delta, f32x4.mul(f32x4.sub(one, a.get), f32x4.add(one, a.get)));
    case "relu":
      // A NaN is not greater than 0: its slope is taken to be 0, as in the oracle.
      return v128.and(delta, f32x4.gt(a.get, f32x4.const(0)));
  }
}
