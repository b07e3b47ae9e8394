import type { NodePaceSummary, NodesSummary } from "../format/nodes.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, table } from "./document.ts";
import {
  counted,
  formatCount,
  formatFactor,
  formatInterval,
  formatPercent,
  listed,
} from "./numbers.ts";

/** Paces nearer to 1 than this are the same for a reader. */
const ALIKE = 0.01;

/** The nodes of a merged run in two sentences: how much their paces differ, and what else does. */
export function nodeSentences({ nodes }: Summary): string[] {
  if (nodes === undefined) return [];
  const groups = [...Map.groupBy(nodes.each, ({ group }) => group).values()];
  return [
    ...groups.map((of, i) => paceSentence(of, groups.length > 1 ? i + 1 : undefined)),
    ...(nodes.interaction === undefined ? [] : [interactionSentence(nodes.interaction)]),
  ];
}

/** "Of 4 nodes, n2 is the slowest: 1.310 × slower than the mean of the nodes; n3 is 1.204 × faster." */
function paceSentence(nodes: readonly NodePaceSummary[], group: number | undefined): string {
  const sorted = nodes.toSorted((a, b) => b.pace.value - a.pace.value);
  const [slowest, fastest] = [sorted[0], sorted[sorted.length - 1]];
  const of = counted(nodes.length, "node") + (group === undefined ? "" : ` of kind ${group}`);
  const subject = "Times are those of a node of mean pace";
  if (slowest.pace.value - 1 < ALIKE && 1 / fastest.pace.value - 1 < ALIKE) {
    return `${subject}; the ${of} differ by less than ${formatPercent(ALIKE, 0)}.`;
  }
  return `${subject}; of ${of}, ${comparedText(slowest)} than the mean, ` +
    `and ${comparedText(fastest)}.`;
}

/** "n2 is 1.310 × slower". */
function comparedText({ node, pace: { value } }: NodePaceSummary): string {
  const [factor, word] = value >= 1 ? [value, "slower"] : [1 / value, "faster"];
  return `${node} is ${formatFactor(factor)} × ${word}`;
}

const interactionSentence = (interaction: number): string =>
  interaction < 1e-4
    ? "How programs compare does not visibly depend on the node."
    : `Beyond their paces, nodes change the time of a program by ${
      formatPercent(interaction, 1)
    } ` +
      "(standard deviation); the intervals cover that.";

/** Rows at each end of a long table; `summary.json` has all. */
const MOST_ROWS = 20;

/** The pace of each node, the slowest first. */
export function nodeSection({ nodes }: Summary): Block[] {
  if (nodes === undefined) return [];
  const groups = [...Map.groupBy(nodes.each, ({ group }) => group)];
  const several = groups.length > 1;
  return [
    heading("Nodes"),
    paragraph(
      "A pace is the time that a node takes, divided by the geometric mean over the nodes: above 1, the node is " +
        "slower. It is taken out of every time in this report.",
    ),
    ...(several ? [paragraph(groupsText(groups.map(([, of]) => of)))] : []),
    ...groups.flatMap(([, of]) => paceTable(of)),
    ...interactionParagraph(nodes),
  ];
}

const groupsText = (groups: readonly (readonly NodePaceSummary[])[]): string =>
  `Nodes that share no cell are not compared: ${
    listed(groups.map((of) => counted(of.length, "node")))
  }, a table each.`;

function paceTable(nodes: readonly NodePaceSummary[]): Block[] {
  const sorted = nodes.toSorted((a, b) => b.pace.value - a.pace.value);
  const hidden = sorted.length - 2 * MOST_ROWS;
  const shown = hidden > 0 ? [...sorted.slice(0, MOST_ROWS), ...sorted.slice(-MOST_ROWS)] : sorted;
  return [
    table(
      ["node", numbers("pace"), ...["rounds", "trials"].map(numbers)],
      shown.map(({ node, pace, rounds, trials }) => [
        node,
        paceText(pace),
        formatCount(rounds),
        formatCount(trials),
      ]),
    ),
    ...(hidden > 0
      ? [
        paragraph(
          `Shown are the ${MOST_ROWS} slowest and the ${MOST_ROWS} fastest; ` +
            `summary.json has the ${formatCount(hidden)} between.`,
        ),
      ]
      : []),
  ];
}

const paceText = ({ value, low, high }: NodePaceSummary["pace"]): string =>
  low === undefined || high === undefined
    ? formatFactor(value)
    : formatInterval({ value, low, high }, formatFactor);

const interactionParagraph = ({ interaction }: NodesSummary): Block[] =>
  interaction === undefined ? [] : [paragraph(interactionSentence(interaction))];
