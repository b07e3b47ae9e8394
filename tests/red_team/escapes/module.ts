// @ts-nocheck: the test fills in the words in braces; each runtime has its own types.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { work } from "../work.ts";

const attempts = {
  read: () => readFileSync("{SECRET}", "utf8"),
  system: () => readFileSync("/etc/passwd", "utf8"),
  write: () => writeFileSync("{WRITTEN}", "here"),
  over: () => writeFileSync("{SECRET}", "overwritten"),
  start: () => {
    if (spawnSync("touch", ["{STARTED}"]).status !== 0) throw new Error("it has not run");
  },
  connect: () =>
    new Promise((resolve, reject) =>
      connect({ port: Number("{PORT}"), host: "127.0.0.1" }, () => resolve(1)).on("error", reject)
    ),
};

for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    console.log(`${name}: escaped`);
  } catch {
    console.log(`${name}: refused`);
  }
}
console.log(`key: ${process.env.SLOPE_TEST_KEY === "secret" ? "escaped" : "refused"}`);

export default {
  name: "escapes",
  summary: "tries to leave its box, and computes honestly",
  precision: "float64",
  prepare: (problem) => (parameters, batch, gradient) => work(problem, parameters, batch, gradient),
};
