import {
  type Code,
  f32,
  f32x4,
  f64,
  i32,
  type Local,
  shuffle32,
  v128,
} from "../../base/assembler/code.ts";
import type { FunctionReference } from "../../base/assembler/module.ts";
import { type Block, endOf, type Rows } from "./block.ts";
import { LANES } from "./arena.ts";
import { type VectorMath, vectorMath } from "./arithmetic.ts";
import { advance, count, locals, plus, range, VECTOR_BYTES } from "./loops.ts";
import type { SharedPlan } from "./memory_plan.ts";

/**
 * Adds each example's loss to `lossSum` (f64) and turns its z of the output layer, in `rows`, into dLoss/dz · scale.
 * Formulas: outputLossAndDelta in src/model/activation.ts. Padding lanes never enter a loss.
 */
export function lossAndDelta(
  block: Block,
  { network: { outputLoss }, layout: { layers }, labels, targets }: SharedPlan,
  rows: Rows,
  scale: Local,
  lossSum: Local,
  /** The natural logarithm: f64 to f64. */
  logarithm: FunctionReference,
): Code {
  const { outputs: classes, width } = layers[layers.length - 1];
  const [at, end, index, target, label] = locals(block.declare, "i32");
  const scales = block.declare("v128");
  const example = { at, target, label, scale: scales, classes, width, lossSum };
  const math = vectorMath(block, block.declare);
  const body = outputLoss === "sigmoid-quadratic"
    ? quadratic(block, math, example)
    : crossEntropy(block, math, example, logarithm);
  return [
    math.setup,
    scales.set(f32x4.splat(scale.get)),
    index.set(block.batch),
    end.set(endOf(block, rows)),
    count(at, i32.const(rows.address), end.get, rows.strideBytes, [
      label.set(i32.load8u(i32.load(index.get), labels)),
      target.set(plus(i32.mul(label.get, i32.const(4 * width)), targets)),
      body,
      advance(index, 4),
    ]),
  ];
}

interface Example {
  /** Address of its z. */
  readonly at: Local;
  /** Address of its one-hot row. */
  readonly target: Local;
  readonly label: Local;
  readonly scale: Local;
  readonly classes: number;
  readonly width: number;
  /** f64: the example's loss is added to it. */
  readonly lossSum: Local;
}

/** Loss ½ Σ (a − y)², δ = (a − y) · a · (1 − a). */
function quadratic(
  { madd, declare }: Block,
  { sigmoid, flushed }: VectorMath,
  { at, target, scale, classes, width, lossSum }: Example,
): Code {
  const [a, difference, squares, delta] = locals(declare, "v128");
  const sumOfSquares = f64.promote(horizontal(f32.add, squares));
  const slope = f32x4.mul(a.get, f32x4.sub(f32x4.const(1), a.get));
  return [
    squares.set(f32x4.const(0)),
    range(width / LANES).map((v) => [
      a.set(sigmoid(v128.load(at.get, v * VECTOR_BYTES))),
      difference.set(f32x4.sub(a.get, v128.load(target.get, v * VECTOR_BYTES))),
      delta.set(f32x4.mul(f32x4.mul(difference.get, slope), scale.get)),
      v128.store(at.get, flushed(delta), v * VECTOR_BYTES),
      difference.set(onlyClasses(difference.get, v, classes)),
      squares.set(madd(difference.get, difference.get, squares.get)),
    ]),
    lossSum.set(f64.add(lossSum.get, f64.mul(f64.const(0.5), sumOfSquares))),
  ];
}

/** Loss log Σ e^(z − greatest) − (z[label] − greatest), δ = softmax(z) − y. */
function crossEntropy(
  { declare }: Block,
  { exponential, flushed }: VectorMath,
  { at, target, label, scale, classes, width, lossSum }: Example,
  logarithm: FunctionReference,
): Code {
  const vectors = range(width / LANES);
  const [z, greatest, sums] = locals(declare, "v128");
  const [top, sum, ofLabel] = locals(declare, "f32");
  const factor = declare("v128");
  /** Replaces padding lanes by the vector's first class, which changes no maximum. */
  const withoutPadding = (v: number): Code => {
    const classesHere = Math.min(LANES, classes - v * LANES);
    const lanes = range(LANES).map((lane) => lane < classesHere ? lane : 0);
    return classesHere === LANES
      ? z.get
      : shuffle32(z.get, z.get, lanes as [number, number, number, number]);
  };
  const logOfSum = logarithm.call(f64.promote(sum.get));
  const loss = f64.sub(logOfSum, f64.promote(f32.sub(ofLabel.get, top.get)));
  return [
    ofLabel.set(f32.load(i32.add(at.get, i32.shl(label.get, i32.const(2))))),
    z.set(v128.load(at.get)),
    greatest.set(withoutPadding(0)),
    vectors.slice(1).map((v) => [
      z.set(v128.load(at.get, v * VECTOR_BYTES)),
      greatest.set(f32x4.pmax(greatest.get, withoutPadding(v))),
    ]),
    top.set(horizontal(f32.max, greatest)),
    greatest.set(f32x4.splat(top.get)),
    sums.set(f32x4.const(0)),
    vectors.map((v) => [
      z.set(exponential(f32x4.sub(v128.load(at.get, v * VECTOR_BYTES), greatest.get))),
      v128.store(at.get, z.get, v * VECTOR_BYTES),
      sums.set(f32x4.add(sums.get, onlyClasses(z.get, v, classes))),
    ]),
    sum.set(horizontal(f32.add, sums)),
    factor.set(f32x4.splat(f32.div(f32.const(1), sum.get))),
    vectors.map((v) => [
      z.set(f32x4.mul(
        f32x4.sub(
          f32x4.mul(v128.load(at.get, v * VECTOR_BYTES), factor.get),
          v128.load(target.get, v * VECTOR_BYTES),
        ),
        scale.get,
      )),
      v128.store(at.get, flushed(z), v * VECTOR_BYTES),
    ]),
    lossSum.set(f64.add(lossSum.get, loss)),
  ];
}

/** The vector with its padding lanes set to 0. */
function onlyClasses(vector: Code, v: number, classes: number): Code {
  const here = classes - v * LANES;
  if (here >= LANES) return vector;
  return v128.and(vector, v128.const(Int32Array.from(range(LANES), (n) => n < here ? -1 : 0)));
}

/** Combines the four lanes of a vector: (0, 1) with (2, 3). */
function horizontal(combine: (a: Code, b: Code) => Code, vector: Local): Code {
  const lane = (n: number) => f32x4.lane(vector.get, n);
  return combine(combine(lane(0), lane(1)), combine(lane(2), lane(3)));
}
