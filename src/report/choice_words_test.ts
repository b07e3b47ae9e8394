import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrial, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { Summary } from "../format/summary.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { choiceSentences, rivalSentences, whySentences } from "./choice_words.ts";
import { keyResults } from "./key_results.ts";
import { formatNumber } from "./numbers.ts";

const run = makeRun();
type Change = (trial: TrialRecord) => TrialRecord | undefined;
const summaryOf = (change: Change = (trial) => trial, of = run): Summary =>
  summarise(of, makeTrials(of, change), "run");
const failed = (trial: TrialRecord, reason: string): TrialRecord => {
  const { samplesNs: _, ...rest } = trial;
  return { ...rest, status: "failed", reasons: because(reason), samplesNs: [] };
};

test("who takes less for fewer epochs is told of it, not of the choice from its own epochs on", () => {
  const [choice] = choiceSentences(summaryOf((trial) => ({
    ...trial,
    durations: {
      ...trial.durations!,
      openNs: trial.cell.implementation === "fused_typed" ? 1e9 : 1e6,
    },
  })));
  // 60,000 × (12 − 5) µs = 0.42 s saved per epoch: 1 s pays off after 2.4 of them.
  assert.match(
    choice,
    / For 3 epochs it takes .* For fewer than 3 epochs, outer_product takes less in all\.$/,
  );
  assert.doesNotMatch(choice, /fused_typed takes less/);
});

test("what was not measured where something else is chosen is named with its sizes", () => {
  const summary = summaryOf((trial) =>
    trial.cell.implementation === "fused_typed" && trial.cell.examples > 8000
      ? { ...failed(trial, "would take too long"), status: "skipped" }
      : trial
  );
  const [choice] = choiceSentences(summary);
  assert.match(
    choice,
    /^Choose fused_typed at m = 1,000 to 8,000, outer_product at m = 16,000 to 60,000: /,
  );
  assert.match(
    choice,
    / Not measured, and so not compared: fused_typed at m = 16,000; 32,000; 60,000\.$/,
  );
  assert.match(
    keyResults(summary).at(-1)!.text,
    /Skipped: fused_typed \(9 trials: train: would take too/,
  );
});

test("what is slower wherever both were measured is not missed", () => {
  const [choice] = choiceSentences(
    summaryOf((trial) =>
      trial.cell.implementation === "naive_loop" && trial.cell.examples > 8000 ? undefined : trial
    ),
  );
  assert.match(choice, /^Choose fused_typed at every m from 1,000 to 60,000: .* at m = 8,000, B/);
  assert.doesNotMatch(choice, /Not measured/);
});

test("a size at which one alone was measured is no choice", () => {
  const [choice] = choiceSentences(
    summaryOf((trial) =>
      trial.cell.examples < 60_000 || trial.cell.implementation === "outer_product"
        ? trial
        : undefined
    ),
  );
  assert.match(choice, /^Choose fused_typed at every m from 1,000 to 32,000: /);
});

test("what failed in some of its trials is not chosen, however fast, and is named", () => {
  const summary = summaryOf((trial) =>
    trial.cell.implementation === "fused_typed" && trial.round === 2
      ? failed(trial, "it was killed by SIGSEGV")
      : trial
  );
  assert.match(choiceSentences(summary)[0], /^Choose outer_product at every m/);
  assert.match(
    keyResults(summary).at(-1)!.text,
    /56 trials gave figures; .* Failed: fused_typed \(7 trials: train: it was killed by SIGSEGV\)\./,
  );
});

test("with nothing but wrong gradients there is nothing to choose; some are marked everywhere", () => {
  const wrong = (names: string[]) =>
    summaryOf((trial) =>
      names.includes(trial.cell.implementation)
        ? { ...trial, verification: { verdict: "wrong", tolerance: 1e-12 } }
        : trial
    );
  assert.deepEqual(choiceSentences(wrong(run.plan.implementations)), [
    "Nothing to choose: every gradient is wrong.",
  ]);
  const some = wrong(["fused_typed"]);
  assert.match(choiceSentences(some)[0], /^Choose outer_product at every m/);
  assert.equal(some.series[2].label, "fused_typed (wrong)");
  assert.doesNotMatch(keyResults(some)[2].text, /fused_typed/);
});

test("that a model may be another one is said with the choice", () => {
  const summary = summaryOf((trial) => {
    if (trial.cell.implementation !== "fused_typed") return trial;
    const { trajectory: _, ...rest } = trial;
    return rest;
  });
  assert.equal(summary.sameModel.find(({ series }) => series === 2)!.verdict, "unknown");
  assert.match(
    choiceSentences(summary)[0],
    / Whether fused_typed trains the same model as naive_loop is unknown\.$/,
  );
});

test("how far the baseline is behind stands once: it is not the next, too", () => {
  const two = makeRun({ plan: { implementations: ["naive_loop", "fused_typed"] } });
  assert.deepEqual(rivalSentences(summaryOf(undefined, two)), []);
  assert.match(rivalSentences(summaryOf())[0], /^The next, outer_product, takes 2\.\d+ × \[/);
});

test("a ratio that is significant alone is said to be so", () => {
  const summary = summaryOf();
  const near = {
    ...summary,
    choices: summary.choices.map((choice) => ({
      ...choice,
      rivals: choice.rivals.slice(0, 1).map((rival) => ({
        ...rival,
        ratio: 1.03,
        interval: [0.99, 1.07] as [number, number],
        verdict: "unresolved" as const,
        doubt: { kind: "many-comparisons" as const, comparisons: 56 },
      })),
    })),
  };
  assert.match(
    rivalSentences(near)[0],
    /^Too close to call with fused_typed: outer_product \(1\.03 × \[0\.990, 1\.07\] its time at m = 60,000, significant alone, not after correcting for 56 comparisons\)\.$/,
  );
});

test("a rival that is near at some sizes only is said to be tied at so many", () => {
  const summary = summaryOf();
  const choices = summary.choices.map((choice, i) => ({
    ...choice,
    rivals: choice.rivals.slice(0, 1).map((rival) => ({
      ...rival,
      ...(i === 0 &&
        { ratio: 1.03, interval: [0.99, 1.07] as [number, number], verdict: "same" as const }),
    })),
  }));
  assert.match(
    rivalSentences({ ...summary, choices })[0],
    new RegExp(`its time at m = [\\d,]+; tied at 1 of ${choices.length} sizes\\)\\.$`),
  );
});

test("where the choice changes with m, each has its own rivals, and none is its own", () => {
  const summary = summaryOf();
  const [first, ...others] = summary.choices;
  const [a, b] = [first.series, first.rivals[0].series];
  const near = (series: number) => ({
    ...first.rivals[0],
    series,
    ratio: 1.03,
    interval: [0.99, 1.07] as [number, number],
    verdict: "unresolved" as const,
  });
  const choices = [
    { ...first, rivals: [near(b)] },
    ...others.map((choice) => ({ ...choice, series: b, rivals: [near(a)] })),
  ];
  const told = rivalSentences({ ...summary, choices });
  const [one, other] = [a, b].map((place) => summary.series[place].label);
  assert.match(told[0], new RegExp(`^Too close to call with ${one}: ${other} \\([^;]+\\)\\.$`));
  assert.match(told[1], new RegExp(`^Too close to call with ${other}: ${one} \\([^;]+\\)\\.$`));
});

test("more arithmetic than the baseline's is not called the same", () => {
  const summary = summaryOf();
  const why = (flopRatio: number) =>
    whySentences({
      ...summary,
      choices: summary.choices.map((choice) => ({
        ...choice,
        overBaseline: { flopRatio, rateRatio: 13.8 },
      })),
    })[0];
  assert.match(
    why(3.7),
    /^Why: fused_typed does 3\.70 times the arithmetic at 13\.8 times the rate/,
  );
  assert.match(why(1), /^Why: fused_typed does the same arithmetic at 13\.8 times/);
  assert.match(why(0.27), /does 27 % of the arithmetic \(it skips pixels that are 0\) at/);
});

test("the share of a limit is reported with what the limit is made of", () => {
  const summary = summaryOf();
  const ceiling = {
    flopPerSecond: 46.8e9,
    share: 0.35,
    bound: "cache",
    backEnd: "wasm",
    threads: 1,
  } as const;
  const roofline = {
    flopDonePerEpoch: 1e9,
    flopDonePerSecond: 16.2e9,
    bytesPerEpoch: 2e9,
    flopPerByte: 0.5,
    ceiling,
  };
  const told = {
    ...summary,
    cells: summary.cells.map((cell) => cell.series === 2 ? { ...cell, roofline } : cell),
    choices: summary.choices.map((choice) => ({
      ...choice,
      overBaseline: { flopRatio: 1, rateRatio: 28 },
    })),
  };
  assert.match(
    whySentences(told)[0],
    /; it reaches 35 % of its limit, the bandwidth of the caches \(1 thread\)\.$/,
  );
});

test("an interrupted run says how many trials are missing", () => {
  const planned = { ...run, trials: 63 };
  const some = makeTrials(planned).slice(0, 30);
  const summary = summarise(planned, some, "run");
  assert.equal(summary.counts.planned, 63);
  assert.match(
    keyResults(summary).at(-1)!.text,
    /30 trials gave figures; 33 planned trials did not run; /,
  );
});

test("the greatest ratio of a peer is to the baseline of another runtime, and not called the same", () => {
  const peers = makeRun({ plan: { peers: ["numpy_batch"] } });
  const trials = [
    ...makeTrials(peers),
    ...makeTrials(peers).filter(({ cell }) => cell.implementation === "fused_typed").map((
      trial,
    ) => ({
      ...makeTrial({
        cell: { ...trial.cell, implementation: "numpy_batch", runtime: "python" },
        round: trial.round,
        epochNs: trial.cell.examples * 1000,
      }),
    })),
  ];
  const [choice] = choiceSentences(summarise(peers, trials, "run"));
  assert.match(choice, /^Choose numpy_batch at every m .* the speed of naive_loop\.$/);
});

test("figures of the sentences are those of the summary", () => {
  const summary = summaryOf();
  const { rivals } = summary.choices.at(-1)!;
  const [low, high] = rivals[0].interval!;
  assert.ok(
    rivalSentences(summary)[0].includes(
      `${formatNumber(rivals[0].ratio)} × [${formatNumber(low)}, ${formatNumber(high)}]`,
    ),
  );
});
