import type { Finding } from "../../format/finding.ts";
import { formatCount } from "../../report/numbers.ts";
import { paint, type Style, wrapped } from "../../report/terminal_style.ts";
import { alignedRows } from "../../report/text_table.ts";
import { causesOf, type Totals, totalsOf } from "../folder/classes.ts";
import type { ExaminedFiles, ExaminedProgram } from "../folder/examine_many.ts";
import { classText } from "./class_words.ts";
import { wordsOf } from "./finding_words.ts";
import { languageOf, rowsOf, withoutProgramTexts } from "./program_row.ts";

/** More classes than these stand below, not in the first line. */
const FIRST_CLASSES = 3;

/** "12 of 30 are right; 9 omit the output's derivative, 4 …; 2 could not be examined." */
export function totalsText({ programs, right, notExamined, skipped, classes }: Totals): string {
  const others = classes.length - FIRST_CLASSES;
  const told = classes.slice(0, FIRST_CLASSES).map(({ id, programs }) => classText(id, programs));
  return [
    right === programs
      ? programs === 1 ? "The program is right" : `All ${formatCount(programs)} are right`
      : `${formatCount(right)} of ${formatCount(programs)} ${right === 1 ? "is" : "are"} right`,
    ...(told.length === 0
      ? []
      : [told.join(", ") + (others > 0 ? `, and ${formatCount(others)} more kinds of fault` : "")]),
    ...(notExamined > 0 ? [`${formatCount(notExamined)} could not be examined`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} cannot run here`] : []),
  ].join("; ") + ".";
}

const HEADER = ["", "program", "verdict", "layers", "how sure", "cause"];

/** The answer in a line, the classes of mistakes, a row each, and what to do next. */
export function folderText(
  examined: ExaminedFiles,
  style: Style,
  next: string | undefined,
): string[] {
  const { programs } = examined;
  const totals = totalsOf(programs);
  const rows = rowsOf(programs);
  const lines = alignedRows([
    HEADER,
    ...rows.map(({ mark, name, verdict, layers, sure, cause }) => [
      mark,
      name,
      verdict,
      layers,
      sure,
      cause,
    ]),
  ], style.width);
  const isRight = totals.right === totals.programs && !examined.interrupted;
  const answer = totalsText(totals);
  const told = examined.interrupted
    ? `Interrupted: so far, ${answer[0].toLowerCase()}${answer.slice(1)}`
    : answer;
  return [
    ...wrapped(`${isRight ? "✓" : "✗"} ${told}`, style, "bold", "  "),
    ...lines.flatMap((of, i) => {
      const kind = i === 0
        ? "dim"
        : rows[i - 1].mark === "✗"
        ? "red"
        : rows[i - 1].mark === "–"
        ? "dim"
        : undefined;
      return kind === undefined ? of : of.map((line) => paint(kind, line, style));
    }),
    ...withoutProgramTexts(examined).flatMap((line) => wrapped(line, style, "dim", "  ")),
    ...kindLines(programs, style),
    ...(next === undefined ? [] : wrapped(`Next: \`${next}\``, style, undefined, "  ")),
  ];
}

/** More kinds of mistakes than these are on the page. */
const MOST_KINDS = 8;

/** "2 omit the output's derivative: δ = …": what to do about each kind of mistake. */
function kindLines(programs: readonly ExaminedProgram[], style: Style): string[] {
  const { classes } = totalsOf(programs);
  const others = classes.length - MOST_KINDS;
  const shown = others > 1 ? classes.slice(0, MOST_KINDS) : classes;
  return [
    ...shown.flatMap(({ id, programs: count }) =>
      wrapped(`→ ${classText(id, count)}: ${fixOf(id, programs)}`, style, undefined, "  ")
    ),
    ...(others > 1
      ? wrapped(`→ ${formatCount(others)} more kinds with --page FILE`, style, undefined, "  ")
      : []),
  ];
}

/** What helps the first program of a kind; formulas and factors of the others may differ. */
export function fixOf(id: Finding["id"], programs: readonly ExaminedProgram[]): string {
  const one = programs.find((program) => causesOf(program).some((cause) => cause.id === id))!;
  return wordsOf(causesOf(one).find((cause) => cause.id === id)!, languageOf(one)).fix;
}
