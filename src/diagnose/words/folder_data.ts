import { csvText, plainCell } from "../../report/csv.ts";
import { faultsOf, outcomeOf, sorted, totalsOf } from "../folder/classes.ts";
import type { ExaminedFiles, ExaminedProgram } from "../folder/examine_many.ts";
import { diagnosisJson } from "./diagnosis_text.ts";
import { titleOf, wordsOf } from "./finding_words.ts";
import { totalsText } from "./folder_text.ts";
import { agreementOf, failureText, languageOf } from "./program_row.ts";

/** What `--format json` prints for several files: the totals, then each program as it is printed alone. */
export function folderJson({ programs, withoutProgram, interrupted }: ExaminedFiles) {
  const totals = totalsOf(programs);
  return {
    ...(interrupted && { interrupted }),
    answer: totalsText(totals),
    totals,
    programs: sorted(programs).map((one) => {
      const { file, program, diagnosis, skipped, refused } = one;
      return {
        file,
        ...(program !== undefined && { program }),
        outcome: outcomeOf(one),
        ...(skipped && { skipped }),
        ...(refused && { message: failureText(one), hint: refused.hint }),
        ...(diagnosis && diagnosisJson(diagnosis, languageOf(one))),
      };
    }),
    ...(withoutProgram.length > 0 && { withoutProgram }),
  };
}

const HEADER = "file,program,outcome,cause,layers,found,right,relative_error,minibatches," +
  "findings,fix,failure";

/** A line for each program, for spreadsheets: its first fault in full, the others by their titles. */
export function folderCsv(programs: readonly ExaminedProgram[]): string {
  return csvText([
    HEADER.split(","),
    ...sorted(programs).map((one) => {
      const faults = faultsOf(one);
      const [first] = faults;
      const agreement = first && agreementOf(first);
      const formulas = first && "found" in first ? first : undefined;
      return [
        plainCell(one.file),
        plainCell(one.program),
        outcomeOf(one),
        first?.id,
        first?.layers.join(" "),
        formulas?.found,
        formulas?.right,
        agreement?.error,
        agreement?.minibatches,
        faults.map(titleOf).join("; "),
        first && wordsOf(first, languageOf(one)).fix,
        plainCell(failureText(one)),
      ];
    }),
  ]);
}
