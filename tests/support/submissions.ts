import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Submission } from "../../src/submit/submission.ts";
import { flags, withFolder } from "./cli.ts";

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

/** A plan of four rounds, as users write it. */
export const SUBMITTED = {
  implementations: ["naive_loop", "fused_typed"],
  rounds: 4,
  budgetSeconds: 60,
};

/** Where `submit` finds and leaves things. */
export interface Place {
  readonly folder: string;
  readonly out: string;
  readonly plan: string;
  readonly hosts: string;
}

/** A folder with a plan and a list of hosts. */
export const withPlan = (
  body: (place: Place) => void | Promise<void>,
  fields: object = SUBMITTED,
): Promise<void> =>
  withFolder(async (folder) => {
    const place = {
      folder,
      out: join(folder, "the sweep"),
      plan: join(folder, "my plan.json"),
      hosts: join(folder, "hosts.txt"),
    };
    writeFileSync(place.plan, JSON.stringify(fields));
    writeFileSync(place.hosts, ":\n");
    await body(place);
  });

/** The options that each scheduler must be given. */
export const SCHEDULERS: Readonly<Record<string, (place: Place) => Record<string, string>>> = {
  slurm: () => ({}),
  kubernetes: () => ({ image: "slope-bench", claim: "results" }),
  ssh: ({ hosts }) => ({ hosts }),
};

export const submitWords = (
  scheduler: string,
  place: Place,
  more: Record<string, string> = {},
): string[] => [
  "submit",
  scheduler,
  ...flags({
    ...{ plan: place.plan, out: place.out, shards: "4" },
    ...SCHEDULERS[scheduler](place),
    ...more,
  }),
];
