import assert from "node:assert/strict";
import { test } from "node:test";
import { programName } from "./program_name.ts";

test("a file's name becomes one that needs no quotation marks", () => {
  const names = [
    "a/mine.py",
    "my net (final).ts",
    "größe.py",
    "José-2.py",
    "net.v2.py",
    "网络.py",
    "-x.py",
    "a_.py",
  ];
  const expected = ["mine", "my_net_final_", "grosse", "Jose-2", "net.v2", "_", "x", "a_"];
  assert.deepEqual(names.map(programName), expected);
});
