import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { parse } from "yaml";
import { containerArgument, shellLine, shellLines, yamlBlock, yamlText } from "./quote.ts";

/** Texts that mean something to a shell, to YAML or to Kubernetes. */
const ODD = [
  ...["", " ", "two words", "it's", `"quoted"`, "back\\slash", "$HOME", "$(id)", "`id`", "$$(X)"],
  ...[
    "-n",
    "--flag",
    "~",
    "~root",
    "*",
    "?",
    "a;b",
    "a&b",
    "a|b",
    "<a>",
    "#no",
    "!x",
    "{a,b}",
    "%1",
  ],
  ...[
    "no",
    "yes",
    "null",
    "1e3",
    "0x1f",
    "1:30",
    "- a",
    "a: b",
    "a #b",
    "&a",
    "*a",
    "[a]",
    "é",
    "😀",
  ],
];

const onWindows = process.platform === "win32" && "it needs the shell of POSIX";

test("every text comes back from the shell as one word", { skip: onWindows }, () => {
  for (const line of [shellLine(ODD), shellLines(["x", ...ODD]).replace(/^x/, "")]) {
    const { stdout, stderr } = spawnSync("sh", ["-c", `printf '[%s]\\n' ${line}`], {
      encoding: "utf8",
    });
    assert.deepEqual(stdout, ODD.map((one) => `[${one}]\n`).join(""), stderr);
  }
});

test("a plain word of the shell stays as it is", () => {
  assert.equal(
    shellLine(["deno", "run", "--plan", "/a-b/c_d.json", "1/4"]),
    "deno run --plan /a-b/c_d.json 1/4",
  );
  assert.equal(shellLines(["bench", "--plan", "a b", "--x"]), "bench \\\n  --plan 'a b' \\\n  --x");
});

test("every text comes back from YAML, old and new", () => {
  for (const version of ["1.1", "1.2"] as const) {
    for (const text of ODD) assert.equal(parse(yamlText(text), { version }), text);
    const block = `plan: |\n${yamlBlock({ odd: ODD }, "    ")}\nnext: 1\n`;
    const { plan, next } = parse(block, { version });
    assert.deepEqual(JSON.parse(plan), { odd: ODD });
    assert.equal(next, 1);
  }
});

test("an argument of a container comes back from Kubernetes", () => {
  for (const text of ODD) {
    assert.equal(expanded(parse(containerArgument(text))), text);
  }
});

/** What Kubernetes makes of an argument where no variable is set: $$ is $, and $(NAME) stays. */
const expanded = (text: string): string =>
  text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole) => whole === "$$" ? "$" : `expanded ${whole}`);
