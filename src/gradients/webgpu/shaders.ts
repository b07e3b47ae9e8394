import type { HiddenActivation, OutputLoss } from "../../model/network.ts";

/** Rows and columns of the block that one workgroup of a product computes. */
export const TILE = 16;
/** Workgroup size of shaders that handle one element or example per invocation. */
export const LINE = 64;

/** A matrix product in WGSL: `left` is element (row, k), `right` is element (k, column). */
interface Product {
  readonly rows: string;
  readonly columns: string;
  readonly inner: string;
  readonly left: string;
  readonly right: string;
  /** A statement that stores `sum`, element (row, column) of the product. */
  readonly store: string;
  /** Functions that the expressions use. */
  readonly functions?: string;
}

/**
 * sum = Σ_k left(row, k) · right(k, column). Each workgroup computes a block of 16 × 16. It loads both factors
 * 16 × 16 at a time into shared memory, so each loaded element is used 16 times. Sums are float32, in order of k.
 */
export function product({ rows, columns, inner, left, right, store, functions }: Product): string {
  return `
${functions ?? ""}
var<workgroup> lefts: array<array<f32, ${TILE}>, ${TILE}>;
var<workgroup> rights: array<array<f32, ${TILE}>, ${TILE}>;

fn left_at(row: u32, k: u32) -> f32 {
  if (row >= ${rows} || k >= ${inner}) { return 0.0; }
  return ${left};
}
fn right_at(k: u32, column: u32) -> f32 {
  if (k >= ${inner} || column >= ${columns}) { return 0.0; }
  return ${right};
}

@compute @workgroup_size(${TILE}, ${TILE})
fn main(
  @builtin(workgroup_id) block: vec3u,
  @builtin(local_invocation_id) place: vec3u,
) {
  let row = block.y * ${TILE}u + place.y;
  let column = block.x * ${TILE}u + place.x;
  var sum = 0.0;
  for (var start = 0u; start < ${inner}; start += ${TILE}u) {
    lefts[place.y][place.x] = left_at(row, start + place.x);
    rights[place.y][place.x] = right_at(start + place.y, column);
    workgroupBarrier();
    for (var k = 0u; k < ${TILE}u; k++) { sum += lefts[place.y][k] * rights[k][place.x]; }
    workgroupBarrier();
  }
  if (row < ${rows} && column < ${columns}) { ${store} }
}`;
}

/**
 * σ(z) = 1 / (1 + e^−z). WGSL need not support infinities (WGSL 15.7.2, "Differences from IEEE-754"), so the
 * exponent is clamped to keep e^−z finite.
 */
const SIGMOID = `
fn sigmoid(z: f32) -> f32 { return 1.0 / (1.0 + exp(clamp(-z, -87.0, 87.0))); }`;

/** f(z) of a hidden neuron. tanh z = 2 σ(2z) − 1, because WGSL's tanh may be inaccurate. */
export const ACTIVATE: Record<HiddenActivation, string> = {
  sigmoid: `${SIGMOID}
fn activate(z: f32) -> f32 { return sigmoid(z); }`,
  tanh: `${SIGMOID}
fn activate(z: f32) -> f32 { return 2.0 * sigmoid(2.0 * z) - 1.0; }`,
  relu: `
fn activate(z: f32) -> f32 { return max(z, 0.0); }`,
};

/** f′(z) from the activation a. The factors stay apart: a difference of squares loses its digits near 1. */
export const SLOPE: Record<HiddenActivation, string> = {
  sigmoid: "fn slope(a: f32) -> f32 { return a * (1.0 - a); }",
  tanh: "fn slope(a: f32) -> f32 { return (1.0 - a) * (1.0 + a); }",
  relu: "fn slope(a: f32) -> f32 { return select(0.0, 1.0, a > 0.0); }",
};

/**
 * Each invocation turns one example's z of the output layer into δ · scale and writes its loss as x and y, with
 * loss = x + ln y. The host takes the logarithm in float64, because WGSL's may be inaccurate near 1. Formulas:
 * outputLossAndDelta in src/model/activation.ts.
 */
export function outputLoss(kind: OutputLoss, classes: number): string {
  const body = kind === "sigmoid-quadratic"
    ? `
  var loss = 0.0;
  for (var k = 0u; k < ${classes}u; k++) {
    let a = sigmoid(delta[at + k]);
    let difference = a - select(0.0, 1.0, k == label);
    loss += 0.5 * difference * difference;
    delta[at + k] = difference * a * (1.0 - a) * step.scale;
  }
  losses[example] = vec2f(loss, 1.0);`
    : `
  var greatest = delta[at];
  for (var k = 1u; k < ${classes}u; k++) { greatest = max(greatest, delta[at + k]); }
  let of_label = delta[at + label];
  var sum = 0.0;
  for (var k = 0u; k < ${classes}u; k++) {
    let e = exp(max(delta[at + k] - greatest, -87.0));
    delta[at + k] = e;
    sum += e;
  }
  for (var k = 0u; k < ${classes}u; k++) {
    delta[at + k] = (delta[at + k] / sum - select(0.0, 1.0, k == label)) * step.scale;
  }
  losses[example] = vec2f(greatest - of_label, sum);`;
  return `
${kind === "sigmoid-quadratic" ? SIGMOID : ""}
@compute @workgroup_size(${LINE})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let example = id.x;
  if (example >= step.count) { return; }
  let label = labels[batch[example]];
  let at = example * ${classes}u;
  ${body}
}`;
}

/** parameters −= rate · gradient; each invocation updates every n-th element. */
export const DESCEND = `
@compute @workgroup_size(${LINE})
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  for (var p = id.x; p < arrayLength(&parameters); p += groups.x * ${LINE}u) {
    parameters[p] -= step.rate * gradient[p];
  }
}`;
