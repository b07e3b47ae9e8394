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
import type { DeclareLocal, FunctionReference } from "../../base/assembler/module.ts";
import type { OutputLoss } from "../../model/network.ts";
import { LANES } from "./arena.ts";
import { type Arithmetic, type VectorMath, vectorMath } from "./arithmetic.ts";
import type { Rows } from "./dense.ts";
import { advance, count, locals, plus, range, VECTOR_BYTES } from "./loops.ts";

/** The arrays and numbers that the loss of a block needs. */
interface OutputBlock {
  readonly examples: Code;
  /** (examples, width) z of the output layer on entry, δ / B on return. */
  readonly rows: Rows;
  readonly classes: number;
  readonly width: number;
  /** Address of the row indices (u32) of the block's examples. */
  readonly batch: Code;
  /** (subset) bytes. */
  readonly labels: number;
  /** (classes, width) float32: row k has 1 at k, 0 elsewhere. */
  readonly targets: number;
  /** 1 / B */
  readonly scale: Code;
  /** f64: the block's losses are added to it. */
  readonly lossSum: Local;
  /** The natural logarithm: f64 to f64. */
  readonly logarithm: FunctionReference;
}

/**
 * Each example's loss and its derivative with respect to z of the output layer, times 1 / B. Formulas:
 * outputLossAndDelta in src/model/activation.ts. Padding lanes never enter a loss.
 */
export function lossAndDelta(
  outputLoss: OutputLoss,
  arithmetic: Arithmetic,
  block: OutputBlock,
  declare: DeclareLocal,
): Code {
  const [at, end, index, target, label] = locals(declare, "i32");
  const scale = declare("v128");
  const { rows, width, labels, targets } = block;
  const example = { at, target, label, scale };
  const math = vectorMath(arithmetic, declare);
  const ofExample = outputLoss === "sigmoid-quadratic" ? quadratic : crossEntropy;
  const body = ofExample(math, arithmetic, block, example, declare);
  return [
    math.setup,
    scale.set(f32x4.splat(block.scale)),
    index.set(block.batch),
    end.set(plus(i32.mul(block.examples, i32.const(rows.strideBytes)), rows.address)),
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
}

/** Loss ½ Σ (a − y)², δ = (a − y) · a · (1 − a). */
function quadratic(
  { sigmoid, flushed }: VectorMath,
  { madd }: Arithmetic,
  { classes, width, lossSum }: OutputBlock,
  { at, target, scale }: Example,
  declare: DeclareLocal,
): Code {
  const [a, difference, squares, delta] = locals(declare, "v128");
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
    lossSum.set(
      f64.add(lossSum.get, f64.mul(f64.const(0.5), f64.promote(horizontal(f32.add, squares)))),
    ),
  ];
}

/** Loss log Σ e^(z − greatest) − (z[label] − greatest), δ = softmax(z) − y. */
function crossEntropy(
  { exponential, flushed }: VectorMath,
  _: Arithmetic,
  { classes, width, lossSum, logarithm }: OutputBlock,
  { at, target, label, scale }: Example,
  declare: DeclareLocal,
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
      z.set(
        exponential(f32x4.sub(v128.load(at.get, v * VECTOR_BYTES), greatest.get)),
      ),
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
    lossSum.set(f64.add(
      lossSum.get,
      f64.sub(
        logarithm.call(f64.promote(sum.get)),
        f64.promote(f32.sub(ofLabel.get, top.get)),
      ),
    )),
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
