/**
 * Slope as a library: check a gradient in a test, ask the oracle, and do what the commands do.
 *
 * @module
 */
export { assertGradient, checkGradient, type GradientCheck } from "./library/check_gradient.ts";
export { gradientOf } from "./library/gradient_of.ts";
export { bench, compare, diagnose, readRun, render } from "./library/commands.ts";
export type { Run } from "./library/runs.ts";
export type { GradientImplementation, GradientPlugin } from "./gradients/contract.ts";
export type { PlanInput as Plan } from "./format/plan.ts";
export type { Summary } from "./format/summary.ts";
