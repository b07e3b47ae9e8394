import assert from "node:assert/strict";
import test from "node:test";
import { story } from "../../tests/support/stories.ts";
import { makeRun, type RunOverrides } from "../../tests/support/trials.ts";
import { InputError } from "../base/errors.ts";
import { compareRuns } from "./compare_runs.ts";

const REFUSALS: [what: string, overrides: RunOverrides, expected: RegExp][] = [
  [
    "another CPU",
    { environment: { cpu: "Another CPU" } },
    /CPU is Imaginary CPU .* in A and Another CPU in B/,
  ],
  ["another number of cores", { environment: { cores: 4 } }, /cores is 2 in A and 4 in B/],
  [
    "another architecture",
    { environment: { arch: "arm64" } },
    /architecture is x64 in A and arm64/,
  ],
  [
    "other data",
    { data: { sha256: { ...makeRun().data.sha256, trainImages: "f".repeat(64) } } },
    /SHA-256 of trainImages is ba891046e650… in A and ffffffffffff… in B/,
  ],
  [
    "another engine",
    { plan: { engine: "mitata" } },
    /timing engine is ordered in A and mitata in B/,
  ],
  ["other epochs", { plan: { epochs: 7 } }, /epochs of training is 3 in A and 7 in B/],
  [
    "other weight decay",
    { plan: { weightDecay: 0.1 } },
    /weight decay is not given in A and 0.1 in B/,
  ],
];

for (const [what, overrides, expected] of REFUSALS) {
  test(`runs with ${what} are refused wholly, with the reason and a hint`, () => {
    assert.throws(
      () => compareRuns(story(1), story(2, { overrides }), 0.03),
      (error) => error instanceof InputError && expected.test(error.message) && !!error.hint,
    );
  });
}

test("another version of a runtime, another host or system are compared with a note", () => {
  const environment = {
    runtimes: { deno: "2.10.0", bun: "1.4.5", node: "24.21.0" },
    host: "elsewhere",
    os: "Linux 7.0.0",
  };
  const { notes } = compareRuns(story(1), story(2, { overrides: { environment } }), 0.03);
  assert.deepEqual(notes.slice(0, 2), [
    { kind: "version", name: "deno", a: "2.9.6", b: "2.10.0" },
    { kind: "host", a: "testbench", b: "elsewhere" },
  ]);
  assert.deepEqual(notes.slice(2).map(({ kind }) => kind), ["system"]);
});
