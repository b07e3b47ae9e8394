import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { readRun, runNames } from "../../src/sweep/run_folder.ts";
import { isComplete } from "../../src/sweep/run_state.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  PROJECT,
  slope,
  smallData,
  startSlope,
  withFolder,
} from "../support/cli.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { NEEDS_PERL, NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

/** A program in a folder of its own, one of whose files is edited: what it uses, or itself. */
interface Kind {
  readonly needs: { readonly skip?: string };
  /** Writes its files; returns what --plugin names, and the file to edit. */
  write(folder: string): { plugin: string; edited: string };
  /** The text of the edited file, as it works, with a remark. */
  works(remark: string): string;
  /** The same, but it fails with this word. */
  fails(word: string): string;
}

const example = (path: string) => readFileSync(join(PROJECT, path), "utf8");

const PERL = example("examples/perl/mine.pl");
const IN_PERL = {
  needs: NEEDS_PERL,
  works: (remark: string) => `${PERL}# ${remark}\n`,
  fails: (word: string) => PERL.replace("return open_for($request) if", `die "${word}\\n" if`),
};

const KINDS: Readonly<Record<string, Kind>> = {
  "a Python file and what it imports": {
    needs: NEEDS_PYTHON,
    write(folder) {
      const plugin = join(folder, "mine.py");
      writeFileSync(plugin, "from parts.network import gradient, labels\n");
      mkdirSync(join(folder, "parts"));
      return { plugin, edited: join(folder, "parts", "network.py") };
    },
    works: (remark) => `${example("tests/red_team/python/honest.py")}# ${remark}\n`,
    fails: (word) =>
      `labels = "one-hot"\n\ndef gradient(w, b, x, y):\n    raise ValueError("${word}")\n`,
  },
  "a C file and what it includes": {
    needs: NEEDS_COMPILER,
    write(folder) {
      const plugin = join(folder, "mine.c");
      writeFileSync(plugin, '#include "network.h"\n');
      return { plugin, edited: join(folder, "network.h") };
    },
    works: (remark) => `${example("kits/templates/my_gradient.c")}/* ${remark} */\n`,
    fails: (word) =>
      example("kits/templates/my_gradient.c")
        .replace("#include <math.h>", "#include <math.h>\n#include <stdio.h>")
        .replace(
          "  problem = given,",
          `  fprintf(stderr, "${word}\\n");\n  abort();\n  problem = given,`,
        ),
  },
  "an executable that speaks the protocol": {
    ...IN_PERL,
    write(folder) {
      const plugin = join(folder, "mine");
      writeFileSync(plugin, "");
      chmodSync(plugin, 0o755);
      return { plugin, edited: plugin };
    },
  },
  "a command line that speaks the protocol": {
    ...IN_PERL,
    write(folder) {
      const edited = join(folder, "mine.pl");
      return { plugin: `cmd: perl ${edited}`, edited };
    },
  },
};

const COMMON = { data: smallData(), layers: "784,10", sizes: "40", epochs: "1", rounds: "2" };
const ENV = { SLOPE_PYTHON: PYTHON ?? "" };

for (const [name, kind] of Object.entries(KINDS)) {
  test(`${name}: bench, --against, compare, train, --watch, twin`, {
    ...SLOW,
    ...kind.needs,
  }, async () => {
    await withFolder(async (folder) => {
      const { plugin, edited } = kind.write(folder);
      const out = join(folder, "out");
      const options = { ...COMMON, out, plan: briefPlan(), plugin, implementations: "mine" };
      const bench = (more: Readonly<Record<string, string>>) =>
        slope(["bench", ...flags({ ...options, ...more })], ENV);

      writeFileSync(edited, kind.works("as it was"));
      const first = await bench({ "null-twin": "" });
      assert.equal(first.code, 0, first.stdout + first.stderr);
      assert.deepEqual(told(out), ["now: ok", "twin: ok"]);
      const before = realpathSync(join(out, "latest"));

      writeFileSync(edited, kind.fails("as-it-is"));
      const second = await slope(
        ["bench", ...flags({ data: smallData(), out, against: before })],
        ENV,
      );
      assert.equal(second.code, 1, second.stdout + second.stderr);
      assert.deepEqual(told(out), ["now: as-it-is", "reference: ok", "twin: as-it-is"]);

      writeFileSync(edited, kind.works("as it will be"));
      assert.equal((await bench({})).code, 0);
      const compared = await slope(["compare", before, "latest", "--out", out]);
      assert.ok(compared.code !== 2, compared.stderr); // two rounds may find anything
      assert.match(compared.stdout, /mine/);

      const { rounds: _, sizes, ...training } = COMMON;
      const trained = await slope([
        "train",
        "mine",
        ...flags({ ...training, sizes, plugin }),
      ], ENV);
      assert.equal(trained.code, 0, trained.stderr);
      assert.match(trained.stdout, /^ +1 +\S+ +\d+\.\d+ %/m);

      const watched = join(folder, "watched");
      const watching = startSlope(
        ["bench", ...flags({ ...options, out: watched, watch: "" })],
        ENV,
      );
      try {
        await finished(watched, 1, watching.ended);
        await watching.says("watching ");
        writeFileSync(edited, kind.works("once more"));
        await finished(watched, 2, watching.ended);
      } finally {
        watching.kill("SIGINT");
      }
      assert.equal((await watching.ended).code, 130, watching.errors());
    });
  });
}

/** What became of each copy in the newest run. */
const told = (out: string): string[] =>
  [
    ...new Set(
      latestTrials(out).map((trial) => {
        const word = /as-it-\w+/.exec(reasonOf(trial))?.[0] ?? reasonOf(trial);
        return `${trial.cell.copy ?? "now"}: ${trial.status === "ok" ? "ok" : word}`;
      }),
    ),
  ].sort();

async function finished(out: string, count: number, ended: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  ended.then(() => hasEnded = true);
  const runs = () => {
    try {
      return runNames(out).map((name) => readRun(join(out, name)));
    } catch {
      return []; // the folder is not there yet
    }
  };
  while (runs().filter(({ run }) => isComplete(run)).length < count) {
    assert.ok(!hasEnded, "it ended");
    await pause(100);
  }
}
