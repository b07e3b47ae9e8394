import { type Code, f32x4, i32x4, type Local, v128 } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { HiddenActivation } from "../../model/network.ts";
import { locals } from "./loops.ts";

/** Multiply-adds: one instruction if the engine has relaxed SIMD, else two. */
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

/** Beyond ±87 the result is no longer a normal float32. */
const LIMIT = 87;
/** 1.5 · 2²³: a float32 this large has no fraction, so adding it rounds to the nearest integer. */
const ROUNDER = 12_582_912;
/**
 * ln 2 in two parts. The first has 9 bits, so n times it is exact for the n that occur (7 bits); the second
 * is the remainder (W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980, ch. 6).
 */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440054690581e-4;
/**
 * Coefficients of e^r for |r| ≤ ½ ln 2, constant term first. They minimise the greatest relative error,
 * 1.9e-9 (iteratively reweighted least squares: C. L. Lawson, thesis, UCLA 1961).
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

/** Smaller weighted sums are raised to this one: σ(−30) = 9.4e-14. */
const LEAST_SUM = -30;
/** Deltas closer to 0 than this become 0. */
const LEAST_DELTA = 1e-24;

/** Operations on four float32 at once, within one function of a module. */
export interface VectorMath {
  /** Puts the constants into locals. Place it before the loops: V8 rebuilds a constant at every use. */
  readonly setup: Code;
  /**
   * e^x for |x| ≤ 87 with a relative error below 2⁻²²; beyond that, the value at the nearer limit. NaN gives
   * NaN.
   *
   * With x = n ln 2 + r, e^x = 2ⁿ e^r. The rounding leaves n in the low bits of a float, from where it is
   * added to the exponent of e^r.
   */
  exponential(x: Code): Code;
  /**
   * σ(z) = 1 / (1 + e^−z) with an absolute error below 2⁻²³, and at least σ(−30). NaN gives NaN.
   *
   * The lower limit, with that of `flushed`, keeps products in the normal range of float32. Subnormal numbers
   * cost a hundred cycles each: without the limits, epochs of a long-trained network took twice the time.
   */
  sigmoid(z: Code): Code;
  /** Four activations. tanh z = 2 σ(2z) − 1, with an absolute error below 2⁻²¹. */
  activated(activation: HiddenActivation, z: Code): Code;
  /**
   * `delta` times the activation's slope, from its value a: a(1 − a), (1 − a)(1 + a), or 1 where a > 0. The
   * factors stay apart, because a difference of squares loses its digits near 1.
   */
  timesSlope(activation: HiddenActivation, delta: Code, a: Local): Code;
  /** The deltas, with 0 for those closer to 0 than 1e-24. NaN stays NaN. */
  flushed(delta: Local): Code;
}

export function vectorMath({ madd, nmadd }: Arithmetic, declare: DeclareLocal): VectorMath {
  const setup: Code[] = [];
  const known = new Map<number, Local>();
  const constant = (value: number): Code => {
    const local = known.get(value) ?? declare("v128");
    if (!known.has(value)) {
      known.set(value, local);
      setup.push(local.set(f32x4.const(value)));
    }
    return local.get;
  };

  const exponential = (x: Code): Code => {
    const [clamped, shifted, n, r] = locals(declare, "v128");
    const polynomial = EXPONENTIAL.map(constant).reduceRight((sum, c) => madd(sum, r.get, c));
    return [
      clamped.set(f32x4.pmax(f32x4.pmin(x, constant(LIMIT)), constant(-LIMIT))),
      shifted.set(madd(clamped.get, constant(Math.LOG2E), constant(ROUNDER))),
      n.set(f32x4.sub(shifted.get, constant(ROUNDER))),
      r.set(nmadd(n.get, constant(LN2_HIGH), clamped.get)),
      r.set(nmadd(n.get, constant(LN2_LOW), r.get)),
      i32x4.add(polynomial, i32x4.shl(shifted.get, 23)),
    ];
  };

  const sigmoid = (z: Code): Code =>
    f32x4.div(
      constant(1),
      f32x4.add(constant(1), exponential(f32x4.neg(f32x4.pmax(z, constant(LEAST_SUM))))),
    );

  return {
    setup,
    exponential,
    sigmoid,

    activated(activation, z) {
      switch (activation) {
        case "sigmoid":
          return sigmoid(z);
        case "tanh":
          return madd(constant(2), sigmoid(f32x4.mul(z, constant(2))), constant(-1));
        case "relu":
          return f32x4.pmax(z, constant(0));
      }
    },

    timesSlope(activation, delta, a) {
      switch (activation) {
        case "sigmoid":
          return f32x4.mul(delta, f32x4.mul(a.get, f32x4.sub(constant(1), a.get)));
        case "tanh":
          return f32x4.mul(
            delta,
            f32x4.mul(f32x4.sub(constant(1), a.get), f32x4.add(constant(1), a.get)),
          );
        case "relu":
          // NaN > 0 is false, so its slope is 0, as in the oracle.
          return v128.and(delta, f32x4.gt(a.get, constant(0)));
      }
    },

    flushed: (delta) =>
      v128.andnot(delta.get, f32x4.lt(f32x4.abs(delta.get), constant(LEAST_DELTA))),
  };
}
