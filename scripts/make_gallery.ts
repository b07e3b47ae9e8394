/**
 * Writes docs/MISTAKES.md: every finding about a gradient with a short program that has it, what diagnose says of it,
 * and the fix. What diagnose finds is recorded in examples/mistakes/found.json.
 * Run: deno task gallery [--check]; with --check it examines nothing, writes nothing, and fails when the page does not
 * follow from the record, the examples and the words. tests/system/gallery_test.ts compares the record with reality.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../tests/support/python.ts";
import { examineExample } from "./gallery/examine_example.ts";
import { EXAMPLES, type Found, galleryPage, RECORD } from "./gallery/gallery_page.ts";

const PAGE = fileURLToPath(new URL("../docs/MISTAKES.md", import.meta.url));

if (process.argv.includes("--check")) {
  const page = galleryPage(JSON.parse(readFileSync(RECORD, "utf8")));
  if (readFileSync(PAGE, "utf8") !== page) {
    console.error(`${PAGE} is out of date: run \`deno task gallery\``);
    process.exitCode = 1;
  }
} else {
  if (PYTHON === undefined) throw new Error("Cannot examine the examples: no Python with NumPy");
  const found: Found = {};
  for (const file of EXAMPLES) found[file] = await examineExample(file, PYTHON);
  writeFileSync(RECORD, JSON.stringify(found, undefined, 2) + "\n");
  writeFileSync(PAGE, galleryPage(found));
  console.log(PAGE);
}
