import type { Submission } from "../../src/submit/submission.ts";

/** What a scheduler is told, with paths and words that need quoting. */
export const ODD_SUBMISSION: Submission = {
  name: "slope-it-s-mine",
  shards: 4,
  planPath: "/home/a b/it's $(mine).json",
  plan: { implementations: ["naive_loop", "fused_typed"], rounds: 8 },
  out: "/scratch/a b/it's #mine",
  folder: "/home/a b/slope",
  command: ["npx", "slope", "$(id)"],
  data: ["--data", "/data/digits#letters"],
  limit: { seconds: 540, budgetSeconds: 112 },
};

export const textOf = (files: readonly { name: string; text: string }[], name: string): string =>
  files.find((file) => file.name === name)!.text;
