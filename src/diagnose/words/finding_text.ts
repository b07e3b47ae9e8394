import { basename } from "node:path";
import { wrap } from "../../base/wrap.ts";
import type { Finding } from "../../format/finding.ts";
import type { CodePlace } from "../../format/program_protocol.ts";
import { titleOf, wordsOf } from "./finding_words.ts";
import type { Language } from "./told.ts";

/** One finding as a diagnosis prints it: its title, formulas or evidence, cause and fix. */
export function findingText(
  finding: Finding,
  number: number,
  width: number,
  language: Language,
  withEvidence: boolean,
): string[] {
  const { evidence, meaning, fix } = wordsOf(finding, language);
  const formulas = "found" in finding && finding.found && finding.right
    ? formulaTexts(finding.found, finding.right, width - 4)
    : [];
  return [
    ...wrap(`✗ ${number}. ${titleOf(finding)}`, width, "    "),
    ...[
      ...formulas,
      ...(withEvidence ? [`seen: ${evidence}`] : []),
      `cause: ${meaning}`,
      ...("place" in finding && finding.place ? [placeText(finding.place)] : []),
      `fix: ${fix}`,
    ].flatMap((text) => wrap(text, width - 4, "  ").map((line) => `    ${line}`)),
  ];
}

/** On one line where they fit, else beside each other. */
function formulaTexts(found: string, right: string, width: number): string[] {
  const together = `found: ${found}; right: ${right}`;
  return together.length <= width ? [together] : [`found: ${found}`, `right: ${right}`];
}

/** A multiple of the numbers that depart stood in a variable after this line, which may not be the only one. */
export const placeText = ({ file, line, source }: CodePlace): string =>
  `where: probably line ${line} of ${basename(file)}${source ? `: ${source}` : ""}`;
