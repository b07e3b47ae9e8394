import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../../tests/support/cli.ts";
import { SLOW } from "../../tests/support/slow.ts";
import { CURRENT_RUNTIME } from "./runtime.ts";

const SHARED = mkdtempSync(join(os.tmpdir(), "slope-shared-"));
after(() => rmSync(SHARED, { recursive: true, force: true }));

const MODULE = pathToFileURL(join(import.meta.dirname!, "temporary_folder.ts")).href;
const SCRIPT = join(SHARED, "owner.mjs");
writeFileSync(
  SCRIPT,
  `import { makeTemporaryFolder, removeOrphans } from ${JSON.stringify(MODULE)};
   if (process.argv[2] === "clean") {
     await removeOrphans();
   } else {
     const { path } = await makeTemporaryFolder();
     console.log(JSON.stringify({ path, pid: process.pid }));
     setInterval(() => {}, 1000);
   }`,
);

/** The command that runs the script in this runtime, with the shared folder for temporary data. */
function command(argument: string): [string, string[], NodeJS.ProcessEnv] {
  const flags = CURRENT_RUNTIME.name === "deno"
    ? ["run", "--allow-all", "--no-check", "--config", join(PROJECT, "deno.json")]
    : [];
  const env = { ...process.env, TMPDIR: SHARED };
  return [process.execPath, [...flags, SCRIPT, argument], env];
}

const IN_NAMESPACE = ["--pid", "--fork", "--mount-proc", "--kill-child"];

function clean({ inNamespace = false } = {}): void {
  const [program, args, env] = command("clean");
  const { status, stderr } = inNamespace
    ? spawnSync("unshare", [...IN_NAMESPACE, program, ...args], { env, encoding: "utf8" })
    : spawnSync(program, args, { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

/** Starts a process that makes a temporary folder and stays. */
async function startOwner({ inNamespace = false } = {}) {
  const [program, args, env] = command("own");
  const child = inNamespace
    ? spawn("unshare", [...IN_NAMESPACE, program, ...args], { env })
    : spawn(program, args, { env });
  let errors = "";
  child.stderr.on("data", (text) => errors += text);
  const { path } = await new Promise<{ path: string }>((resolve, reject) => {
    child.stdout.once("data", (text) => resolve(JSON.parse(String(text))));
    child.once("close", () => reject(new Error(`it ended: ${errors}`)));
  });
  const kill = () =>
    new Promise((resolve) => {
      child.once("close", resolve);
      child.kill("SIGKILL");
    });
  return { path, kill };
}

const canUnshare = process.platform === "linux" &&
  spawnSync("unshare", [...IN_NAMESPACE, "true"]).status === 0;
const skip = canUnshare ? false : "unshare --pid needs Linux and root";

test("two containers that share a temporary folder leave each other's data alone", {
  ...SLOW,
  skip,
}, async () => {
  const [outside, inside] = [await startOwner(), await startOwner({ inNamespace: true })];
  try {
    clean();
    clean({ inNamespace: true });
    assert.ok(existsSync(outside.path), "a namespace deleted data of a process outside");
    assert.ok(existsSync(inside.path), "a process outside deleted data of a namespace");
  } finally {
    await Promise.all([outside.kill(), inside.kill()]);
  }
  clean({ inNamespace: true });
  assert.ok(existsSync(outside.path) && existsSync(inside.path), "no owner is in this namespace");
  clean();
  assert.ok(!existsSync(outside.path));
  assert.ok(existsSync(inside.path), "nobody outside can prove that its owner has ended");
});

test("the folder of a killed process is removed, that of a living one is not", SLOW, async () => {
  const [killed, living] = [await startOwner(), await startOwner()];
  try {
    await killed.kill();
    clean();
    assert.ok(!existsSync(killed.path));
    assert.ok(existsSync(living.path));
  } finally {
    await living.kill();
  }
});

test("a folder is left alone where its owner is unknown, or named in a damaged file", SLOW, () => {
  const anonymous = join(SHARED, `slope-${2 ** 22 + 1}-abcdef`);
  const damaged = join(SHARED, `slope-${2 ** 22 + 1}-damage`);
  for (const folder of [anonymous, damaged]) mkdirSync(folder);
  writeFileSync(join(damaged, ".slope-owner.json"), `{"pid":`);
  clean();
  assert.ok(readdirSync(SHARED).filter((name) => name.includes(`-${2 ** 22 + 1}-`)).length === 2);
});
