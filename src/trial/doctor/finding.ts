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

/** Something that is wrong, and what to do about it. */
export const Finding = z.strictObject({
  id: z.enum([...GRADIENT_FINDINGS, ...TRAINING_FINDINGS]),
  /** Layers that it concerns, counted from 1; empty where it is none of a layer. */
  layers: z.array(z.int().positive()),
  /** What the gradient is too large by, where that is all (10 for a sum over 10 rows), or the rate. */
  factor: z.number().optional(),
  /** What was seen, with its figures. */
  evidence: z.string(),
  /** What the mistake is, and what it does. */
  meaning: z.string(),
  /** What to change. */
  fix: z.string(),
});
export type Finding = z.infer<typeof Finding>;
