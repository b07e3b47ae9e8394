import { counted } from "../report/numbers.ts";
import { shellWord } from "./quote.ts";

/** What was written, with paths as the user types them. */
interface Written {
  readonly shards: number;
  /** Submits them. */
  readonly script: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

/** Whether anything is submitted, and how; then the files. */
export function submissionTexts({ shards, script, written, kept }: Written, now: boolean) {
  const all = counted(shards, "shard");
  return [
    ...now ? [`Submitting ${all} by ${script}:`] : [
      `✓ ${all}: the scripts are written, and nothing is submitted.`,
      `Next: \`sh ${shellWord(script)}\` submits ${all}`,
    ],
    ...written.map((path) => `wrote ${path}`),
    ...kept.map((path) => `kept ${path}, which has this text already`),
  ];
}
