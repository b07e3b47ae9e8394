import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { InputError } from "../../base/errors.ts";
import { programName } from "../../base/program_name.ts";
import type { Finding } from "../../format/finding.ts";
import { makeTrial } from "../../../tests/support/trials.ts";
import { reasonText } from "../../report/reason_words.ts";
import type { ExaminedProgram } from "../folder/examine_many.ts";
import { className } from "./class_words.ts";
import { folderCsv, folderJson } from "./folder_data.ts";
import { folderPage } from "./folder_page.ts";
import { folderText } from "./folder_text.ts";

const { cell } = makeTrial({});
const agreement = { minibatches: 7, fewestExamples: 2, mostExamples: 10, error: 3e-15 };
const slope: Finding = {
  id: "missing-output-derivative",
  layers: [3],
  found: "δ₃ = a₃ − y",
  right: "δ₃ = (a₃ − y) ∘ a₃(1 − a₃)",
  agreement,
};
const decay: Finding = { id: "weight-decay", layers: [1, 2], value: 0.01, agreement };

function program(file: string, findings: readonly Finding[]): ExaminedProgram {
  const healthy = findings.length === 0;
  return {
    file: `/class/${file}`,
    program: programName(file),
    diagnosis: { cell, examined: ["gradient"], healthy, failures: [], findings },
  };
}

const CLASS: readonly ExaminedProgram[] = [
  program("ann.py", []),
  program("bob.py", [slope]),
  program("<b>carl.py", [slope, decay]),
  program("dora.ts", [decay]),
  { file: "/class/emil.c", refused: new InputError("Cannot compile it", "install a compiler") },
  {
    ...program("fay.py", []),
    diagnosis: {
      ...program("fay.py", []).diagnosis!,
      healthy: false,
      failures: [{ subject: "gradient", failure: { kind: "timed-out", afterNs: 60e9 } }],
    },
  },
];

const EXAMINED = { programs: CLASS, withoutProgram: [] };

test("one program is told in the singular", () => {
  assert.equal(
    className("derivative-of-activation", 1),
    "applies the derivative to a in place of z",
  );
  assert.equal(className("derivative-of-activation", 2), "apply the derivative to a in place of z");
});

test("a failure names its stage, but not that it was diagnosed", () => {
  const failed = (stage: "diagnose" | "open") =>
    reasonText({ kind: "stage-failed", stage, message: "division by zero" });
  assert.equal(failed("open"), "open: division by zero");
  assert.equal(failed("diagnose"), "division by zero");
});

test("the first line counts what is right, the kinds of mistakes, and what was not examined", () => {
  const lines = folderText(EXAMINED, { width: 100, color: false }, "slope diagnose bob.py");
  assert.equal(
    lines.slice(0, 2).join(" ").replaceAll(/\s+/g, " ").split(". ")[0],
    "✗ 1 of 6 is right; 2 omit the output's derivative, 2 add weight decay; " +
      "2 could not be examined",
  );
  for (const line of lines) assert.ok(line.length <= 100, line);
  assert.equal(lines.at(-1), "Next: `slope diagnose bob.py`");
  assert.equal(
    folderText(
      { programs: [CLASS[0]], withoutProgram: [] },
      { width: 80, color: false },
      undefined,
    )[0],
    "✓ The program is right.",
  );
});

test("each kind of mistake has what helps, and what a wrong gradient leads to is no kind", () => {
  const chance: Finding = { id: "accuracy-at-chance", layers: [] } as unknown as Finding;
  const examined = { programs: [program("bob.py", [slope, chance])], withoutProgram: [] };
  const lines = folderText(examined, { width: 300, color: false }, undefined);
  assert.equal(lines[0], "✗ 0 of 1 are right; 1 omits the output's derivative.");
  const hints = lines.filter((line) => line.startsWith("→"));
  assert.equal(hints.length, 1);
  assert.match(hints[0], /^→ 1 omits the output's derivative: .*\ba\b.*/);
  const { document } = parseHTML(folderPage(EXAMINED));
  const kinds = document.querySelector("table")!;
  assert.match(kinds.querySelector("thead")!.textContent, /what helps/);
  for (const row of kinds.querySelectorAll("tbody tr")) {
    assert.ok(row.children[2].textContent.length > 10, row.textContent);
  }
});

test("rows are sorted by verdict and cause, and each says how sure it is", () => {
  const { programs } = folderJson(EXAMINED);
  assert.deepEqual(programs.map(({ outcome, file }) => [outcome, file.slice(7)]), [
    ["wrong", "<b>carl.py"],
    ["wrong", "bob.py"],
    ["right-for-another-convention", "dora.ts"],
    ["not-examined", "emil.c"],
    ["not-examined", "fay.py"],
    ["right", "ann.py"],
  ]);
  const text = folderText(EXAMINED, { width: 100, color: false }, undefined).join("\n");
  assert.match(text, /^✗ {2}bob\.py +wrong +3 +error 3 × 10⁻¹⁵ +omits the output's derivative/m);
  assert.match(text, /^✗ {2}emil\.c +not examined +Cannot compile it/m);
  assert.match(text, /^✗ {2}fay\.py +not examined +gradient: timed out after 60\.0 s/m);
});

test("files without a program are named in one line, and count as nothing else", () => {
  const examined = { programs: [CLASS[0]], withoutProgram: ["/class/common.py", "/class/util.ts"] };
  const line = "2 files hold no program: common.py, util.ts.";
  const lines = folderText(examined, { width: 100, color: false }, undefined);
  assert.equal(lines[0], "✓ The program is right.");
  assert.equal(lines.at(-1)!.trim(), line);
  assert.deepEqual(folderJson(examined).withoutProgram, examined.withoutProgram);
  assert.ok(
    parseHTML(folderPage(examined)).document.querySelector("main")!.textContent.includes(line),
  );
});

test("a line of CSV for each program has its first fault in full", () => {
  const [header, first, ...rest] = folderCsv(CLASS).trimEnd().split("\r\n");
  assert.match(header, /^file,program,outcome,cause,layers,/);
  assert.match(
    first,
    /^\/class\/<b>carl\.py,_b_carl,wrong,missing-output-derivative,3,δ₃ = a₃ − y,/,
  );
  assert.match(first, /,3e-15,7,/);
  assert.equal(rest.length, CLASS.length - 1);
  const formula = {
    ...program("a.py", []),
    file: `=HYPERLINK("x")`,
    program: "-2+cmd|' /C calc'!A0",
  };
  assert.match(folderCsv([formula]), /^"'=HYPERLINK\(""x""\)",'-2\+cmd/m);
});

test("the page links each row to its details, which are folded, and escapes names", () => {
  const { document } = parseHTML(folderPage(EXAMINED));
  assert.equal(document.querySelectorAll("details").length, CLASS.length);
  const links = [...document.querySelectorAll("td a, th a")];
  assert.equal(links.length, CLASS.length);
  for (const link of links) {
    const id = link.getAttribute("href")!.slice(1);
    assert.ok(document.getElementById(id)?.closest("details"), id);
  }
  assert.equal(document.querySelectorAll("main b").length, 0);
  assert.match(document.querySelector("main")!.textContent, /Found: δ₃\s=\sa₃ − y/);
});
