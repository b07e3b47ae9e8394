/** Runs docs/CLUSTER.md as a reader does: every command that it shows, in a copy of this checkout. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { readJournal } from "../../src/sweep/journal.ts";
import { programOnPath } from "../../src/sweep/program_command.ts";
import { PROJECT, smallData, trialName, withFolder } from "../support/cli.ts";
import { skipFor } from "../support/required.ts";
import { noSlurm, startSlurm } from "../support/slurm.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";

const PAGE = readFileSync(join(PROJECT, "docs", "CLUSTER.md"), "utf8");

/** The commands of a section, each with what it reads. */
function commandsOf(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section !== undefined, heading);
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, text]) =>
    text.match(/^.*<<'END'\n[\s\S]*?^END$|^(?:.*\\\n)*.*$/gm)!.filter((one) => one !== "")
  );
}

/** What is there already, or needs what no test has. */
const LEFT_OUT = ["git clone ", "cd slope", "deno install ", "deno task data get", "podman "];

/** Runs a command of the page, and asserts that it ends well. */
function run(command: string, cwd: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", command], {
      cwd,
      env: { ...process.env, NO_COLOR: "1", SLOPE_DATA: smallData(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding("utf8").on("data", (text: string) => said += text);
    }
    child.on("error", reject);
    child.on(
      "close",
      (code) =>
        code === 0 ? resolve(said) : reject(new Error(`${command}: exit code ${code}\n${said}`)),
    );
  });
}

async function follow(heading: string, cwd: string, env: Record<string, string> = {}) {
  for (const command of commandsOf(heading)) {
    if (!LEFT_OUT.some((start) => command.startsWith(start))) await run(command, cwd, env);
  }
}

/** A copy of the files that git knows, as they are now. */
function copyCheckout(folder: string): string {
  const copy = join(folder, "slope");
  mkdirSync(copy);
  const files = spawnSync("git", ["-C", PROJECT, "ls-files", "-z"], { encoding: "utf8" }).stdout;
  const { status, stderr } = spawnSync("xargs", ["-0", "cp", "--parents", "-t", copy], {
    cwd: PROJECT,
    input: files.split("\0").filter((path) => existsSync(join(PROJECT, path))).join("\0"),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const skip = skipOutsideDeno ||
  skipFor(programOnPath("parallel") === undefined && "no GNU parallel on PATH") ||
  skipFor(noSlurm());

const ROUNDS = 8;

function assertMerged(run: string): void {
  assert.ok(existsSync(join(run, "report.html")), run);
  const { trials } = readJournal(join(run, "trials.jsonl"));
  assert.equal(new Set(trials.map(trialName)).size, 2 * ROUNDS, run);
  assert.ok(trials.every(({ status }) => status === "ok"));
}

test("every command of the page on clusters does what the page says", {
  ...SLOW,
  timeout: 600_000,
  skip,
}, async () => {
  await withFolder(async (folder) => {
    const clone = copyCheckout(folder);
    const results = join(clone, "results");
    await follow("Before you start", clone);
    assertMerged(join(results, "try", "merged"));

    mkdirSync(join(folder, "slurm"));
    const slurm = await startSlurm(join(folder, "slurm"));
    try {
      await follow("Slurm", clone, slurm.env);
      await slurm.idle(240);
      assertMerged(join(results, "sweep", "merged"));
    } finally {
      await slurm.stop();
    }

    // In place of a cluster, which says that each Job is complete.
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "kubectl"),
      `#!/bin/sh\necho "$*" >> ${join(folder, "kubectl.log")}\n[ "$1" != get ] || echo Complete\n`,
    );
    chmodSync(join(bin, "kubectl"), 0o755);
    await follow("Kubernetes", clone, { PATH: `${bin}:${process.env.PATH}` });
    const asked = readFileSync(join(folder, "kubectl.log"), "utf8");
    assert.match(
      asked,
      /^apply .*\ncreate --filename shards\.yaml\nget job slope-sweep .*\ncreate .*merge\.yaml\n/,
    );
    assert.match(asked, /\ncp fetch:\/results\/sweep\/merged results\/sweep\/merged\n/);

    await follow("ssh", clone);
    assertMerged(join(results, "hosts", "merged"));
  });
});
