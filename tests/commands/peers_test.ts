import assert from "node:assert/strict";
import { test } from "node:test";
import {
  briefPlan,
  latestTrials,
  NO_PYTHON,
  refusesHere,
  slope,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

test(
  "where Python is missing, a peer's cells are skipped with a hint, and the others run",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const { code } = await slope([
        "bench",
        ...["--data", smallData(), "--out", out, "--plan", briefPlan()],
        ...["--implementations", "fused_typed", "--peers", "numpy_batch"],
        ...["--sizes", "200", "--rounds", "1", "--epochs", "1"],
      ], NO_PYTHON);
      assert.equal(code, 0);
      const trials = latestTrials(out);
      const peer = trials.find(({ cell }) => cell.implementation === "numpy_batch");
      assert.equal(peer?.status, "skipped");
      assert.match(
        reasonOf(peer!),
        /^unavailable: no Python works \(.*not found\); apt-get install/,
      );
      const ours = trials.find(({ cell }) => cell.implementation === "fused_typed");
      assert.equal(ours?.status, "ok");
    });
  },
);

test("an unknown peer is bad input, with the nearest name", SLOW, async () => {
  await refusesHere(
    ["bench", "--synthetic", "--peers", "numpy_bach"],
    /Cannot use "numpy_bach": .*torch_autograd.* did you mean "numpy_batch"\?/,
  );
});

test("list says of every peer whether it can run, or what to install", SLOW, async () => {
  const { stdout } = await slope(
    ["list", "--format", "json", "--runtimes", "deno,bun,node"],
    NO_PYTHON,
  );
  const { peers }: { peers: { name: string; availability: { reason?: unknown } }[] } = JSON.parse(
    stdout,
  );
  assert.equal(peers.length, 7);
  const numpy = peers.find(({ name }) => name === "numpy_batch");
  assert.deepEqual(numpy?.availability.reason, {
    kind: "no-language",
    language: "python",
    tried: [{ command: NO_PYTHON.SLOPE_PYTHON, message: "not found" }],
  });
});
