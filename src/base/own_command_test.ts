import assert from "node:assert/strict";
import { test } from "node:test";
import { commandIn, ownCommand, startOfPackage } from "./own_command.ts";
import { CURRENT_RUNTIME } from "./runtime.ts";

test("every user is told the command of the runtime that runs Slope", () => {
  assert.equal(commandIn("deno", "bench --quick"), "deno task bench --quick");
  assert.equal(commandIn("bun", "bench --quick"), "bun run bench --quick");
  assert.equal(commandIn("node", "bench --quick"), "node src/main.ts bench --quick");
  assert.equal(ownCommand("list"), commandIn(CURRENT_RUNTIME.name, "list"));
});

test("the package is started by npx from its project, and by name where it is installed for all", () => {
  const here = "/home/me/project/packages/net";
  const start = (folder: string, runtime: "node" | "bun" | "deno" = "node") =>
    startOfPackage(runtime, folder, () => here);
  const own = "/home/me/project/node_modules/slope-bench/";
  assert.equal(start(own), "npx slope");
  assert.equal(start("/home/me/project/packages/net/node_modules/slope-bench/"), "npx slope");
  // As pnpm has it.
  assert.equal(
    start(`/home/me/project/node_modules/.pnpm/s@1/node_modules/slope-bench/`),
    "npx slope",
  );
  assert.equal(start(own, "bun"), "bunx --bun slope");
  assert.equal(start(own, "deno"), "deno run --allow-all npm:slope-bench");
  assert.equal(start("/usr/lib/node_modules/slope-bench/"), "slope");
  assert.equal(start("/home/me/project-2/node_modules/slope-bench/"), "slope");
  assert.equal(start("/home/me/.bun/install/global/node_modules/slope-bench/", "bun"), "slope");
  assert.equal(start("/home/me/.npm/_npx/0f/node_modules/slope-bench/"), "npx slope-bench");
  assert.equal(start("/opt/slope/"), "slope");
});
