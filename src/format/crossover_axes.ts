/** What changes along a crossover: m, B, or the width of hidden layers that are equally wide. */
export const CROSSOVER_AXES = ["examples", "batch", "width"] as const;
export type CrossoverAxis = (typeof CROSSOVER_AXES)[number];
