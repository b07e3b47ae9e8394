import type { Finding } from "../../format/finding.ts";
import {
  type Block,
  folded,
  heading,
  list,
  numbers,
  paragraph,
  table,
} from "../../report/document.ts";
import { formatCount } from "../../report/numbers.ts";
import { printBlocks, sectionAddress } from "../../report/page/blocks.ts";
import { pageOf } from "../../report/page/page_shell.ts";
import { causesOf, faultsOf, sorted, totalsOf } from "../folder/classes.ts";
import type { ExaminedFiles, ExaminedProgram } from "../folder/examine_many.ts";
import { isAdvice } from "../scaling/scaling_findings.ts";
import { className } from "./class_words.ts";
import { placeText } from "./finding_text.ts";
import { titleOf, wordsOf } from "./finding_words.ts";
import { fixOf, totalsText } from "./folder_text.ts";
import type { Language } from "./told.ts";
import { capital } from "./plain_words.ts";
import { failureText, languageOf, rowsOf, withoutProgramTexts } from "./program_row.ts";
import { reachedTexts } from "./reached_words.ts";

/** A page for whoever reads many programs: the answer, the kinds of mistakes, a row each, and the details unfolded. */
export function folderPage(examined: ExaminedFiles): string {
  const programs = sorted(examined.programs);
  const rows = rowsOf(programs);
  const { classes, ...totals } = totalsOf(programs);
  const namesOf = (id: Finding["id"]) =>
    rows.filter((_, i) => causesOf(programs[i]).some((cause) => cause.id === id))
      .map(({ name }) => name);
  const titles = rows.map(({ mark, name }) => `${mark} ${name}`);
  return pageOf({
    title: `What is wrong with ${formatCount(totals.programs)} programs`,
    main: printBlocks([
      { kind: "verdict", text: totalsText({ ...totals, classes }) },
      ...(classes.length === 0 ? [] : [
        heading("Kinds of mistakes"),
        table(
          ["what they do", numbers("programs"), "what helps the first", "which"],
          classes.map(({ id, programs: count }) => [
            className(id, 2),
            formatCount(count),
            fixOf(id, programs),
            namesOf(id).join(", "),
          ]),
        ),
      ]),
      heading("Programs"),
      {
        ...table(
          ["program", "verdict", "cause", "layers", "how sure"],
          rows.map(({ verdict, cause, layers, sure }, i) => [
            titles[i],
            verdict,
            cause,
            layers,
            sure.replaceAll(" ", "\u00a0"),
          ]),
        ),
        links: new Map(titles.map((title) => [title, sectionAddress(title)])),
      },
      paragraph(
        "How sure: the relative error that the formula named leaves in minibatches that it was not " +
          "found from.",
      ),
      ...withoutProgramTexts(examined).map((text) => paragraph(text)),
      heading("Details"),
      ...programs.flatMap((one, i) =>
        folded(titles[i], detailsOf(one), { isOpen: faultsOf(one).length > 0 })
      ),
    ]),
  });
}

function detailsOf(one: ExaminedProgram): Block[] {
  const findings = one.diagnosis?.findings ?? [];
  const failure = failureText(one);
  const faults = findings.filter((finding) => !isAdvice(finding));
  const reached = one.diagnosis?.reached;
  const blocks: Block[] = [
    ...(failure === undefined ? [] : [paragraph(`Not examined to the end: ${failure}.`)]),
    ...(one.refused?.hint === undefined ? [] : [paragraph(`Hint: ${one.refused.hint}.`)]),
    ...[...faults, ...findings.filter(isAdvice)].flatMap((finding) =>
      findingBlocks(finding, languageOf(one))
    ),
  ];
  return [
    ...(blocks.length > 0 ? blocks : [paragraph("Nothing is wrong with what was examined.")]),
    ...(reached ? reachedTexts(reached).map((text) => paragraph(`${capital(text)}.`)) : []),
  ];
}

function findingBlocks(finding: Finding, language: Language): Block[] {
  const { evidence, meaning, fix } = wordsOf(finding, language);
  const { found, right } = "found" in finding ? finding : {};
  return [
    heading(titleOf(finding), 3),
    list([
      ...(found && right ? [`Found: ${found}`, `Right: ${right}`] : []),
      `Cause: ${meaning}`,
      ...("place" in finding && finding.place ? [capital(placeText(finding.place))] : []),
      `Fix: ${fix}`,
      `Seen: ${evidence}`,
    ]),
  ];
}
