import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { idx } from "../support/idx.ts";
import {
  briefPlan,
  flags,
  refuses,
  refusesHere,
  slopeHere,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";

const SMALL = { sizes: "200", epochs: "1", rounds: "1", implementations: "fused_typed" };

const arguments_ = (out: string, options: Record<string, string> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), ...SMALL, ...options }),
];

test("a refused command ends with code 2 and says what helps", SLOW, async () => {
  await withFolder(async (out) => {
    await refuses(arguments_(out, { sizes: "5000" }), /m = 5000: .*2000.*\nhint:/s);
    await refuses(arguments_(out, { frobnicate: "" }), /frobnicate/);
  });
});

// The tests below need no process of their own.
for (
  const [options, pattern] of [
    [{ sizes: "5000" }, /m = 5000: the training set has 2000.*\nhint:/s],
    [{ layers: "100,16,10" }, /layer size 1 is 100, expected 784.*\nhint:/s],
    [{ crossover: "batch" }, /bisect along batch: the plan has 1 value.*\nhint:/s],
    [
      { crossover: "batch", batch: "5,10", resolve: "5%" },
      /--crossover and --resolve at once.*\nhint:/s,
    ],
    [{ layers: "784,0,10" }, /0.*expected whole numbers from 1/s],
    [{ runtimes: "node", "runtime-path": "node=/nowhere/node" }, /not found.*\nhint:/s],
    [{ frobnicate: "" }, /frobnicate/],
  ] as [Record<string, string>, RegExp][]
) {
  test(`bench ${flags(options).join(" ")} is refused`, SLOW, async () => {
    await withFolder(async (out) => {
      await refusesHere(arguments_(out, options), pattern);
    });
  });
}

for (
  const [options, pattern] of [
    [{ sizes: "0" }, /Cannot use "0": expected a whole number.*\nhint:/s],
    [{ sizes: "many" }, /Cannot use "many".*\nhint:/s],
    [{ threads: "al" }, /expected whole numbers from 1, or "all"/],
    [{ batch: "0" }, /expected whole numbers from 1, or "full"/],
    [{ batch: "300" }, /minibatches of 300.*\nhint:/s],
    [{ rate: "-1" }, /expected numbers above 0/],
    [{ budget: "soon" }, /expected a time above 0/],
    [{ resolve: "2" }, /expected a percentage/],
    [{ implementations: "fused_type" }, /did you mean "fused_typed"\?.*\nhint:/s],
    [{ peers: "numpy_bach" }, /did you mean "numpy_batch"\?/],
    [{ baseline: "naive_loop" }, /baseline "naive_loop": it is not among.*\nhint:/s],
    [{ preset: "thoruogh" }, /did you mean "thorough"\?/],
    [{ quick: "", thorough: "" }, /at once/],
    [{ plan: "/nowhere/plan.json" }, /plan "\/nowhere\/plan.json": there is no such file\nhint:/],
    [{ plan: "." }, /Cannot read plan "\.": it is a folder, expected a file\nhint:/],
    [{ activation: "relo" }, /did you mean "relu"\?\n/],
    [{ plugin: "/nowhere/mine.ts" }, /\/nowhere\/mine\.ts.*\nhint:/s],
    [{ resume: "/nowhere/run" }, /no run\.json.*\nhint:/s],
    [{ resume: "README.md" }, /"README\.md": it is a file, expected the folder of a run\nhint:/],
    [{ against: "/nowhere/run" }, /no run\.json.*\nhint:/s],
    [{ runtimes: "deno,nod" }, /did you mean "node"\?/],
    [{ synthetic: "" }, /Cannot use --synthetic and --data at once/],
    [{ "fail-on": "slower" }, /--fail-on without --against: nothing would be.*\nhint:/s],
    [{ threshold: "5%" }, /--threshold without --against: nothing would be.*\nhint:/s],
    [{ "batch-sizes": "10" }, /did you mean "--batch"\?/],
  ] as [Record<string, string>, RegExp][]
) {
  const words = flags(options).join(" ");
  test(`bench ${words} is refused before data is read or a process started`, SLOW, async () => {
    await withFolder(async (out) => {
      const marker = join(out, "started");
      const runtime = join(out, "runtime.sh");
      writeFileSync(runtime, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
      const { code, stderr } = await slopeHere(arguments_(out, {
        data: "/nowhere/data",
        "runtime-path": `${CURRENT_RUNTIME.name}=${runtime}`,
        ...options,
      }));
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
      assert.doesNotMatch(stderr, /\/nowhere\/data/);
      assert.ok(!existsSync(marker));
    });
  });
}

test(
  "unreadable data is refused; the message names the file and the fault",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      await refusesHere(["bench", "--data", join(folder, "none")], /none.*\nhint:/s);
      await refusesHere(["bench", "--data", folder], /missing.*\nhint:/s);
      for (const [file, images] of DAMAGED) {
        const data = join(folder, file);
        mkdirSync(data);
        for (const name of ["train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]) {
          const source = readFileSync(join(smallData(), `${name}-ubyte.gz`));
          writeFileSync(join(data, `${name}-ubyte.gz`), source);
        }
        writeFileSync(join(data, "train-images-idx3-ubyte"), images);
        await refusesHere(["data", "info", "--data", data], /train-images-idx3-ubyte.*\nhint:/s);
      }
    });
  },
);

const DAMAGED: readonly [string, Uint8Array][] = [
  ["truncated", idx(0x803, [2000, 28, 28], new Uint8Array(999))],
  ["over-long", idx(0x803, [1, 28, 28], new Uint8Array(785))],
  ["wrong-magic", idx(0x801, [2000], new Uint8Array(2000))],
];

test("an --out that cannot be written is refused before anything is measured", SLOW, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await refusesHere(
      arguments_(join(file, "out")),
      /Cannot write.*\nhint:/s,
    );
  });
});

test("a path that is no file is told as such by every command that takes a program", async () => {
  await withFolder(async (folder) => {
    const missing = join(folder, "mine.py");
    for (const command of ["train", "profile"]) {
      await refusesHere(
        [command, missing],
        /Cannot read ".*mine\.py": there is no such file\nhint: check/,
      );
      await refusesHere([command, folder], /it is a folder, expected a file\nhint:.*diagnose/);
    }
    await refusesHere(["verify", "--plugin", folder], /it is a folder, expected a file\nhint:/);
    await refusesHere(
      ["report", "--verify", "no.html"],
      /"no\.html": there is no such file\nhint:/,
    );
    writeFileSync(missing, "");
    // As Deno's tasks, which start in another folder than the one where they are called.
    const called = { INIT_CWD: folder };
    await refuses(["train", "mine.py"], /paths start at .*: write .*mine\.py/, called);
    await refuses(["diagnose", "mine.py"], /paths start at .*: write .*mine\.py/, called);
  });
});

test("a page that cannot be written is refused before anything is examined", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    for (
      const [page, why] of [[folder, "it is a folder"], [join(file, "page.html"), "a file lies"]]
    ) {
      const { code, stdout, stderr } = await slopeHere(["diagnose", "fused_typed", "--page", page]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, new RegExp(`^error: Cannot write .*: ${why}.*\nhint: name a file`));
    }
  });
});

test("a run folder of another schema is refused by report and resume", SLOW, async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "run.json"), '{"schema": 99}');
    await refusesHere(["report", folder], /schema is 99, expected 1.*\nhint:/s);
    await refusesHere(
      ["bench", "--data", smallData(), "--resume", folder],
      /schema is 99, expected 1.*\nhint:/s,
    );
    writeFileSync(join(folder, "run.json"), "{");
    await refusesHere(["report", folder], /Cannot read.*run\.json.*\nhint:/s);
  });
});
