import type { NodePaceSummary, NodesSummary } from "../format/nodes.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, table } from "./document.ts";
import {
  capitalised,
  counted,
  formatCount,
  formatFactor,
  formatInterval,
  formatPercent,
} from "./numbers.ts";

/** Paces nearer to 1 than this are the same for a reader. */
const ALIKE = 0.01;
/** An interaction that noise alone makes more often than this is not told. */
const LEVEL = 0.05;

/** What more of would give a verdict: rounds of the same nodes are no more evidence about others. */
export const unitOf = (nodes: NodesSummary | undefined): string =>
  nodes === undefined ? "rounds" : "nodes";

/** The nodes of a merged run in two sentences: how much their paces differ, and what else does. */
export function nodeSentences({ nodes, cells }: Summary): string[] {
  if (nodes === undefined) return [];
  const groups = [...Map.groupBy(nodes.each, ({ group }) => group).values()];
  return [
    ...groups.map((of, i) =>
      paceSentence(of, { group: groups.length > 1 ? i + 1 : undefined, cells: cells.length })
    ),
    ...(nodes.interaction === undefined ? [] : [interactionSentence(nodes.interaction)]),
  ];
}

/** "Times are those of a node of mean pace; of 4 nodes, n2 is 1.310 × slower than the mean, and n3 is 1.204 × faster." */
function paceSentence(
  nodes: readonly NodePaceSummary[],
  { group, cells }: { group: number | undefined; cells: number },
): string {
  const sorted = nodes.toSorted((a, b) => b.pace.value - a.pace.value);
  const [slowest, fastest] = [sorted[0], sorted[sorted.length - 1]];
  const of = `${counted(nodes.length, "node")}${
    group === undefined ? "" : ` of ${kindOf(nodes, group)}`
  }`;
  const subject = nodes.some(hasKnownPace)
    ? "Times are those of a node of mean pace"
    : keptSentence(cells);
  if (slowest.pace.value - 1 < ALIKE && 1 / fastest.pace.value - 1 < ALIKE) {
    return `${subject}; the ${of} differ by less than ${formatPercent(ALIKE, 0)}.`;
  }
  if (![slowest, fastest].some(isApart)) {
    return `${subject}; how the paces of the ${of} differ is within the noise.`;
  }
  return `${subject}; of ${of}, ${comparedText(slowest)} than the mean, ` +
    `and ${comparedText(fastest)}.`;
}

/** Without an interval nothing tells a pace from the time of a cell, and no time is divided by it. */
const hasKnownPace = ({ pace: { low } }: NodePaceSummary): boolean => low !== undefined;

const keptSentence = (cells: number): string =>
  cells === 1
    ? "A single cell was measured, and its times keep the paces of their nodes"
    : "Times keep the paces of nodes that share too few cells";

const kindOf = ([{ machine }]: readonly NodePaceSummary[], group: number): string =>
  machine ?? `kind ${group}`;

/** Whether it is known to differ from the mean; without an interval nothing is said against it. */
const isApart = ({ pace: { low = Infinity, high = -Infinity } }: NodePaceSummary): boolean =>
  low > 1 || high < 1;

/** "n2 is 1.310 × slower". */
function comparedText({ node, pace: { value } }: NodePaceSummary): string {
  const [factor, word] = value >= 1 ? [value, "slower"] : [1 / value, "faster"];
  return `${node} is ${formatFactor(factor)} × ${word}`;
}

const interactionSentence = ({ deviation, pValue }: Interaction): string =>
  pValue >= LEVEL
    ? "How programs compare does not visibly depend on the node."
    : `Beyond their paces, nodes change the time of a program by ${formatPercent(deviation, 1)} ` +
      "(standard deviation); the intervals cover that.";

type Interaction = NonNullable<NodesSummary["interaction"]>;

/** Rows at each end of a long table; `summary.json` has all. */
const MOST_ROWS = 20;

/** The pace of each node, the slowest first. */
export function nodeSection({ nodes, cells }: Summary): Block[] {
  if (nodes === undefined) return [];
  const groups = [...Map.groupBy(nodes.each, ({ group }) => group)];
  return [
    heading("Nodes"),
    paragraph(
      "A pace is the time that a node takes, divided by the geometric mean over the nodes: above 1, the node is " +
        `slower. ${takenSentence(nodes.each, cells.length)}` +
        (groups.length > 1
          ? " Nodes that share no cell, as those of other kinds, have a mean of their own."
          : ""),
    ),
    ...groups.flatMap(([, of], i) => [
      ...(groups.length > 1 ? [heading(capitalised(kindOf(of, i + 1)), 3)] : []),
      ...paceTable(of),
    ]),
    ...interactionParagraph(nodes),
  ];
}

function takenSentence(nodes: readonly NodePaceSummary[], cells: number): string {
  if (!nodes.some(hasKnownPace)) return `${keptSentence(cells)}.`;
  return nodes.every(hasKnownPace)
    ? "It is taken out of every time in this report."
    : "It is taken out of every time in this report, but for those of nodes without an interval.";
}

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
