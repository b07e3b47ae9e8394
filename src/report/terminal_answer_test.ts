import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, linesOf, PLAIN, summaryOf } from "../../tests/support/terminal_lines.ts";
import { because, makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import { terminalReport } from "./terminal_report.ts";

test("a usual run fits on a screen: at most 30 lines of 80 characters, the answer first", () => {
  const names = Array.from({ length: 9 }, (_, i) => `implementation_${i}`);
  const usual = summaryOf({ plan: { implementations: names, baseline: names[0] } });
  for (const summary of [summaryOf(), usual]) {
    const lines = linesOf(summary);
    assert.ok(lines.length <= 30, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.match(lines[0], /^[✓≈] /);
  }
  assert.match(
    linesOf(summaryOf())[0],
    /^✓ fused_typed is fastest for 3 epochs at m = 60,000 examples: /,
  );
});

test("the answer gives the speed over the baseline, the next one, and what is best elsewhere", () => {
  assert.match(
    answerOf(summaryOf()),
    /[67]\.\d+ × the speed of naive_loop per epoch\. The next, outer_product, takes 2\.\d+ × its time in all\./,
  );
  assert.match(answerOf(summaryOf()), /The same at every smaller m\./);
});

test("set-up decides for few epochs, and the answer says from how many on another is best", () => {
  const summary = summaryOf({}, (trial) => ({
    ...trial,
    durations: {
      ...trial.durations!,
      openNs: trial.cell.implementation === "fused_typed" ? 30e9 : 1e6,
    },
  }));
  // 60,000 × (12 − 5) µs = 0.42 s saved per epoch: 30 s pay off after some 70 epochs.
  assert.match(
    answerOf(summary),
    /✓ outer_product is fastest for 3 epochs .* From 7\d epochs on, fused_typed takes less in all\./,
  );
});

test("what is faster on more threads and not chosen is said to be so", () => {
  const summary = summaryOf();
  const choices = summary.choices.map((choice) => ({
    ...choice,
    fastest: choice.rivals[0].series,
    rivals: choice.rivals.map((rival) => ({ ...rival, ratio: 0.95, verdict: "faster" as const })),
  }));
  const answer = answerOf({ ...summary, choices });
  assert.match(answer, /^✓ Choose fused_typed for 3 epochs .* takes 0\.950 × its time in all\./);
  assert.doesNotMatch(answer, /is fastest/);
});

test("a single trial proves nothing, and no headline claims more or contradicts itself", () => {
  const summary = summaryOf(
    { plan: { rounds: 1 } },
    (trial) => trial.round > 1 ? undefined : trial,
  );
  const answer = answerOf(summary);
  assert.match(answer, /^≈ fused_typed seems fastest/);
  assert.match(answer, /One trial of each proves nothing: take more --rounds\./);
  assert.doesNotMatch(answer, /too close to call|✓/);
});

test("what would tell is said once, and of a part of the rounds, it is the others", () => {
  // In each round another program is disturbed.
  const summary = summaryOf({ plan: { rounds: 2 } }, (trial) => {
    const isDisturbed = (trial.cell.implementation === "fused_typed") === (trial.round === 1);
    return { ...trial, samplesNs: trial.samplesNs.map((ns) => ns * (isDisturbed ? 2 : 1)) };
  });
  const answer = answerOf(summary);
  assert.match(answer, /^≈ fused_typed seems fastest .*More --rounds .* About [\d.]+ × the speed/s);
  assert.equal(answer.match(/would tell/g)?.length, 1, answer);
  const shard = { kind: "one-shard" as const, index: 1, count: 2, rounds: [1] };
  const part = answerOf({ ...summary, warnings: [shard] });
  assert.match(part, /The rounds that are missing may tell\./);
  assert.doesNotMatch(part, /--rounds/);
});

test("programs as fast as each other are tied in the headline, and none is called best", () => {
  const summary = summaryOf(
    { plan: { implementations: ["a", "b"], baseline: "a" } },
    (trial) => ({ ...trial, samplesNs: trial.samplesNs.map(() => trial.cell.examples * 1000) }),
  );
  assert.match(
    answerOf(summary),
    /^≈ Too close to call for 3 epochs at m = 60,000 examples: [ab] and [ab]\./,
  );
  assert.doesNotMatch(terminalReport(summary, PLAIN), /✓/);
});

test("what takes much longer, and is not proved to, is no tie", () => {
  const summary = summaryOf();
  const withRatio = (ratio: number) => ({
    ...summary,
    choices: summary.choices.map((choice) => ({
      ...choice,
      rivals: choice.rivals.map((rival, i) =>
        i > 0 ? rival : {
          ...rival,
          ratio,
          interval: [1, 2] as [number, number],
          verdict: "unresolved" as const,
        }
      ),
    })),
  });
  const far = answerOf(withRatio(1.45));
  assert.match(far, /outer_product, takes 1\.45 × its time in all; \d rounds do not prove it\./);
  assert.doesNotMatch(far, /tied/);
  assert.match(answerOf(withRatio(1.15)), /tied with outer_product:/);
});

test("failed and wrong programs come first, with the reason and what to do next", () => {
  const failing = summaryOf({}, (trial) =>
    trial.cell.implementation !== "outer_product" ? trial : {
      ...trial,
      status: "failed",
      reasons: because("no memory for this"),
      samplesNs: [],
    });
  const [first, second] = linesOf(failing, 200);
  assert.match(
    first,
    /^✗ outer_product failed \(\d+ trials\): train: no memory for this\. Next: .*/,
  );
  assert.match(first, /diagnose outer_product/);
  assert.equal(second, "");
  const wrong = summaryOf(
    { plan: { keepWrong: true } },
    (trial) =>
      trial.cell.implementation !== "fused_typed" ? trial : {
        ...trial,
        verification: { verdict: "wrong", tolerance: 1e-6 },
      },
  );
  assert.match(linesOf(wrong, 200)[0], /^✗ fused_typed: its gradient is wrong/);
  const row = linesOf(wrong).find((line) => line.includes("fused_typed (wrong)"));
  assert.match(row ?? "", /^✗/);
});

test("where nothing was measured, the first line says why", () => {
  const overBudget = summaryOf({}, (trial) => ({
    ...trial,
    status: "skipped",
    samplesNs: [],
    reasons: [{ kind: "over-budget", predictedNs: 9e9, leftNs: 1e9, neededNs: 8e9 }],
  }));
  assert.match(
    answerOf(overBudget),
    /^Nothing was measured: no trial fits into the budget\. Raise --/,
  );
  const failed = summaryOf({}, (trial) => ({
    ...trial,
    status: "failed",
    samplesNs: [],
    reasons: because("broke"),
  }));
  assert.match(answerOf(failed), /^✗ .* Nothing was measured\. *$/);
  const stopped = makeRun({
    sessions: [{
      startedAt: "2026-03-01T10:00:00.000Z",
      finishedAt: "2026-03-01T10:00:03.000Z",
      ended: "interrupted",
    }],
  });
  assert.match(
    answerOf(summarise(stopped, [], "run")),
    /^Nothing was measured: it was interrupted/,
  );
});

test("where only set-up makes it close, the speed per epoch says so", () => {
  const close = (share: number) =>
    answerOf(summaryOf(
      { plan: { implementations: ["naive_loop", "fused_typed"] } },
      (trial) => ({
        ...trial,
        durations: {
          ...trial.durations!,
          openNs: trial.cell.implementation === "fused_typed"
            ? share * trial.cell.examples * 90_000 * (1 + 0.3 * (trial.round - 2))
            : 1e6,
        },
      }),
    ));
  assert.match(
    close(0.9),
    /^≈ Too close to call .* Per epoch, fused_typed has [67]\.\d+ × the speed of naive_loop\./,
  );
  assert.match(close(1), /^≈ Too close to call/);
  assert.doesNotMatch(close(1), /It is the baseline/);
});

test("with several runtimes, a sentence says whether the winner depends on them", () => {
  const pace: Record<string, number> = { "fused_typed bun": 2, "outer_product bun": 0.2 };
  const told = (factor: (key: string) => number) =>
    terminalReport(
      summaryOf({ plan: { runtimes: ["deno", "bun"] } }, (trial) => {
        const { implementation, runtime } = trial.cell;
        const times = factor(`${implementation} ${runtime}`);
        return { ...trial, samplesNs: trial.samplesNs.map((ns) => ns * times) };
      }),
      { width: 200, color: false },
    );
  assert.match(
    told((key) => pace[key] ?? 1),
    /^The fastest per epoch depends on the runtime at m = 60,000: fused_typed in deno, outer_product in bun/m,
  );
  assert.match(
    told((key) => key === "outer_product bun" ? 1.3 : 1),
    /^Per epoch at m = 60,000, fused_typed is fastest in every runtime, but the gaps differ: in \w+, /m,
  );
  assert.match(
    told(() => 1),
    /^How programs compare per epoch does not visibly depend on the runtime/m,
  );
});

test("with earlier code beside it, what failed still comes first", () => {
  const plan = { against: { folder: "results/before", threshold: 0.03 } };
  const run = makeRun({
    plan: { implementations: ["naive_loop", "fused_typed", "mine"], ...plan },
  });
  const made = makeTrials(
    run,
    (trial) =>
      trial.cell.implementation === "mine"
        ? { ...trial, status: "failed", samplesNs: [], reasons: because("broke") }
        : trial,
  );
  const before = made.filter(({ status }) => status === "ok")
    .map((trial) => ({ ...trial, cell: { ...trial.cell, copy: "reference" as const } }));
  const summary = summarise(run, [...made, ...before], "run");
  assert.ok(summary.against !== undefined);
  const lines = linesOf(summary);
  assert.match(lines[0], /^✗ mine failed/);
  assert.ok(lines.some((line) => /^[=?] (same|unresolved): of /.test(line)));
});

test("where all was skipped, the whole reason stands below the first line", () => {
  const message = "no adapter answered; apt-get install mesa-vulkan-drivers libvulkan1, or a GPU";
  const summary = summaryOf({}, (trial) => ({
    ...trial,
    status: "skipped",
    samplesNs: [],
    reasons: [{ kind: "unavailable", message }],
  }));
  const answer = answerOf(summary);
  assert.match(answer, /^Nothing was measured\. 3 programs skipped \(63 trials\): unavailable: /);
  assert.ok(answer.includes(message), answer);
});
