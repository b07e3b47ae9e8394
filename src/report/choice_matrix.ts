import type { Choice } from "../format/choice.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, paragraph, type Table, table } from "./document.ts";
import { crossoverSentences } from "./crossover_words.ts";
import { NONE } from "./grid.ts";
import { counted, formatCount } from "./numbers.ts";
import { colourName, looksIn } from "./plots/looks.ts";
import { choicesBySetting, sizesOf } from "./select.ts";
import { marginText, nameOf, settingText } from "./verdict_words.ts";

/** Numbers of epochs for which the choice is shown, beside that of the plan. */
const EPOCHS = [1, 10, 100, 1000];

/** What to choose: sizes across; down the settings (network, rate, B), or the numbers of epochs where there is one setting. */
export function choiceMatrix(summary: Summary): Block[] {
  const settings = choicesBySetting(summary);
  // One program alone is no choice.
  if (settings.flat().every(({ rivals }) => rivals.length === 0)) return [];
  const { plan } = summary;
  const isOne = settings.length === 1;
  const rows = isOne
    ? [...new Set([...EPOCHS, plan.epochs])].sort((a, b) => a - b).map((epochs) => ({
      label: counted(epochs, "epoch"),
      at: (examples: number) => {
        const choice = settings[0].find((one) => one.examples === examples);
        return choice && cellFor(choice, epochs, summary);
      },
    }))
    : settings.map((choices) => ({
      label: settingText(choices[0].series, summary),
      at: (examples: number) => {
        const choice = choices.find((one) => one.examples === examples);
        return choice && cellFor(choice, plan.epochs, summary);
      },
    }));
  const sizes = sizesOf(summary);
  const looks = looksIn(summary);
  const cells = rows.map(({ at }) => sizes.map(at));
  const made: Table = {
    ...table(
      ["m =", ...sizes.map(formatCount)],
      rows.map(({ label }, i) => [label, ...cells[i].map((cell) => cell?.text ?? NONE)]),
    ),
    facts: true,
    swatches: cells.map((row) => [
      undefined,
      ...row.map((cell) => cell && colourName(looks.get(cell.series))),
    ]),
  };
  return [
    heading("What to choose"),
    paragraph(
      `The program to choose by its time, set-up included. ${
        isOne
          ? `In the row of ${counted(plan.epochs, "epoch")}, the plan's,`
          : `For ${counted(plan.epochs, "epoch")},`
      } ≈ marks a tie, and 1.50 × means that the next takes half as long again.${
        isOne
          ? " In the other rows, another program stands only where it is known to take less."
          : ""
      }`,
    ),
    made,
    ...crossoverSentences(summary).map(paragraph),
  ];
}

function cellFor(choice: Choice, epochs: number, summary: Summary) {
  const isAsked = epochs === summary.plan.epochs;
  const best = isAsked
    ? choice.series
    : choice.byEpochs.findLast(({ from }) => from <= epochs)!.series;
  return { series: best, text: nameOf(best, summary) + (isAsked ? marginText([choice], "≈") : "") };
}
