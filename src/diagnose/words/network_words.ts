import type { OtherNetwork } from "../../format/program_protocol.ts";
import { listInWords } from "./plain_words.ts";
import type { WordsTable } from "./words.ts";

/** "784-6-5-4-10", "tanh" */
export const networkInWords = (
  { layerSizes, hiddenActivation, outputLoss }: OtherNetwork,
): string =>
  [layerSizes?.join("-"), hiddenActivation, outputLoss]
    .filter((one) => one !== undefined).join(", ");

const HOW = {
  "fails": "it fails",
  "not-finite": "its gradient is not finite",
  "unexplained": "its gradient is wrong in a way that no formula explains",
} as const;

export const NETWORK_WORDS = {
  "works-only-here": ({ others, right }) => ({
    evidence:
      others.map(({ at, how, message }) =>
        `At ${networkInWords(at)} ${HOW[how]}${message === undefined ? "." : `: ${message}.`}`
      ).join(" ") +
      (right.length === 0 ? "" : ` It is right at ${listInWords(right.map(networkInWords))}, too.`),
    meaning: "The gradient is right here, but the program is made for such networks alone.",
    fix:
      "Declare the network that it computes (`layers`, `activation`, `loss`), or use the widths " +
      "and functions that it is given.",
  }),
} satisfies WordsTable;
