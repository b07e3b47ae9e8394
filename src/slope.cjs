#!/usr/bin/env node
// The command `slope` of the package. It is written so that runtimes which cannot run the rest can still say so.
"use strict";

const LOWEST = [["deno", 2, 9, "Deno"], ["bun", 1, 4, "Bun"], ["node", 22, 18, "Node"]];
const versions = process.versions;
// Deno and Bun also name the version of Node that they resemble.
const lowest = LOWEST.filter((one) => versions[one[0]])[0];
const version = versions[lowest[0]];
const parts = version.split(".").map(Number);

if (parts[0] < lowest[1] || (parts[0] === lowest[1] && parts[1] < lowest[2])) {
  const needed = LOWEST.map((one) => one[3] + " " + one[1] + "." + one[2] + " or later");
  console.error(
    "error: Cannot run Slope in " + lowest[3] + " " + version + ": it needs " +
      needed.join(", or "),
  );
  console.error("hint: install one of them, and run the command again");
  process.exit(2);
}

import("./main.js");
