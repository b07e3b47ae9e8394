import { z } from "zod";

/** What can be wrong with a gradient, the most important first. */
export const GRADIENT_FINDINGS = [
  "parameters-changed",
  "non-deterministic",
  "accumulated",
  "sign-reversed",
  "stale-activations",
  "untransposed-backprop",
  "activation-layer-shift",
  "missing-output-derivative",
  "missing-hidden-derivative",
  "derivative-of-activation",
  "loss-mismatch",
  "labels-shifted",
  "pixel-scale",
  "bias-missing",
  "bias-layer-shift",
  "examples-skipped",
  "scale",
  "overflow",
  "unexplained",
] as const;

/** What can keep a network from learning, the causes before what they lead to. */
export const TRAINING_FINDINGS = [
  "labels-shuffled",
  "loss-exploding",
  "rate-too-large",
  "rate-too-small",
  "too-few-updates",
  "saturated-units",
  "dead-units",
  "loss-flat",
  "accuracy-at-chance",
] as const;

/**
 * What can make it slow. The first two mean that it gets slower for each example as there are more of them; the others,
 * that it could be faster, which is no fault.
 */
export const SCALING_FINDINGS = [
  "superlinear",
  "phase-superlinear",
  "garbage-collection",
  "allocation",
  "cache-cliff",
  "faster-formulation",
] as const;

const ADVICE: readonly string[] = SCALING_FINDINGS.slice(2);

/** Whether a finding is advice: what it concerns is right, and could be faster. */
export const isAdvice = ({ id }: Finding): boolean => ADVICE.includes(id);

/** Something that is wrong or could be better, and what to do about it. */
export const Finding = z.strictObject({
  id: z.enum([...GRADIENT_FINDINGS, ...TRAINING_FINDINGS, ...SCALING_FINDINGS]),
  /** Layers that it concerns, counted from 1; empty where it is none of a layer. */
  layers: z.array(z.int().positive()),
  /**
   * What the gradient is too large by, where that is all (10 for a sum over 10 rows); the rate; or how many times
   * faster another formulation is.
   */
  factor: z.number().optional(),
  /** What was seen, with its figures. */
  evidence: z.string(),
  /** What the mistake is, and what it does. */
  meaning: z.string(),
  /** What to change. */
  fix: z.string(),
});
export type Finding = z.infer<typeof Finding>;
