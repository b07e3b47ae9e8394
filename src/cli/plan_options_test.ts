import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { merge, object } from "@optique/core/constructs";
import { optional } from "@optique/core/modifiers";
import { formatMessage } from "@optique/core/message";
import { parse } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { Plan, type PlanInput } from "../format/plan.ts";
import type { PlanField } from "../format/field_kinds.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "../format/plan_fields.ts";
import { planOptionsOf } from "../report/plan_words.ts";
import { makePlan, mergeInputs } from "../sweep/make_plan.ts";
import { presetInput } from "../sweep/presets.ts";
import { planInputs, planOptions, wholePlanOptions } from "./plan_options.ts";
import { percentage } from "./values.ts";

const OPTIONS = merge(
  wholePlanOptions,
  planOptions("Earlier run", ["against"]),
  object({ threshold: optional(option("--threshold", percentage("PERCENT"))) }),
);

/** The layers of a plan from the words of a command line. */
function inputsOf(words: readonly string[]): PlanInput[] {
  const parsed = parse(OPTIONS, words);
  if (!parsed.success) throw new Error(formatMessage(parsed.error));
  const { against, threshold, ...options } = parsed.value;
  const folder = against as string | undefined;
  return [
    ...planInputs(options),
    folder === undefined ? {} : { against: { folder, threshold: threshold ?? 0.03 } },
  ];
}

function planOf(words: readonly string[], cores = 4): Plan {
  const given = mergeInputs(inputsOf(words));
  return makePlan(given, {
    features: 784,
    classes: 10,
    trainExamples: 60_000,
    implementations: given.implementations ?? ["naive_loop", "fused_typed"],
    runtime: "deno",
    cores,
  });
}

/** For each option one that is not its default. */
const WORDS = [
  ["--implementations", "fused_typed,mine,naive_loop"],
  ["--plugin", "it's mine.ts", "--plugin", "/b.ts"],
  ["--peers", "numpy_batch,jax_js"],
  ["--runtimes", "bun,node"],
  ["--runtime-path", "node=24.21.0", "--runtime-path", "bun=/a b/bun"],
  ["--baseline", "mine"],
  ["--sizes", "500,2k..7k,all"],
  ["--batch", "10,500,full"],
  ["--layers", "784,32,10", "--layers", "784,16,16,10"],
  ["--activation", "tanh,relu"],
  ["--loss", "softmax-cross-entropy,sigmoid-quadratic"],
  ["--targets", "0.01,0.99"],
  ["--pixels", "x*0.99+0.01"],
  ["--weight-decay", "0.0001"],
  ["--momentum", "0.9"],
  ["--initialisation", "uniform"],
  ["--rate", "0.07,3"],
  ["--epochs", "7"],
  ["--seed", "0,3"],
  ["--threads", "1,all"],
  ["--ranks", "1,2"],
  ["--peer-threads", "2"],
  ["--python", "/opt/a python"],
  ["--sandbox", "require"],
  ["--rounds", "12"],
  ["--resolve", "7%"],
  ["--crossover", "batch"],
  ["--budget", "1.5h"],
  ["--max-sample", "70ms"],
  ["--timeout", "2m"],
  ["--engine", "mitata"],
  ["--null-twin", "mine"],
  ["--keep-wrong"],
  ["--time-software", "no"],
  ["--before-run", "sh -c 'echo $HOME'"],
  ["--before-trial", "sync"],
  ["--after-run", "sleep 1"],
  ["--against", "/results/an earlier run", "--threshold", "2.9%"],
];

test("every field of a plan has an option, and a default or what it follows from", () => {
  assert.deepEqual(Object.keys(Plan.shape), PLAN_FIELD_NAMES);
  const flags = WORDS.map(([flag]) => flag).sort();
  assert.deepEqual(flags, PLAN_FIELD_NAMES.map((name) => `--${PLAN_FIELDS[name].flag}`).sort());
  for (const name of PLAN_FIELD_NAMES) {
    const field: PlanField = PLAN_FIELDS[name];
    assert.notEqual(field.default === undefined, field.otherwise === undefined, name);
  }
});

test("the options that a plan is repeated with give the same plan, whatever it differs in", () => {
  const plans = [
    planOf([]),
    planOf(WORDS.flat()),
    ...WORDS.map((words) => planOf([...WORDS[0], ...words === WORDS[0] ? [] : words])),
    ...(["--quick", "--thorough"].map((flag) => planOf([flag, "--null-twin", "fused_typed"]))),
  ];
  for (const plan of plans) {
    // On other cores: nothing is left to the machine.
    assert.deepEqual(planOf(planOptionsOf(plan).flat(), 64), plan);
  }
});

test("every option changes the field that it is named for", () => {
  const before = planOf(WORDS[0]);
  for (const words of WORDS.slice(1)) {
    const name = PLAN_FIELD_NAMES.find((one) => `--${PLAN_FIELDS[one].flag}` === words[0])!;
    assert.notDeepEqual(planOf([...WORDS[0], ...words])[name], before[name], name);
  }
  assert.deepEqual(planOf(WORDS[1]).plugins, [resolve("it's mine.ts"), "/b.ts"]);
});

test("widths may be written as Slope prints them", () => {
  const [{ layers }] = inputsOf(["--layers", "784-128-10", "--layers", "784,16,10"]);
  assert.deepEqual(layers, [[784, 128, 10], [784, 16, 10]]);
  assert.throws(() => inputsOf(["--layers", "784--10"]), /expected whole numbers from 1/);
});

test("options win over the presets that they stand with", () => {
  const [preset, options] = inputsOf(["--quick", "--epochs", "9"]);
  assert.deepEqual(preset, presetInput("quick"));
  assert.deepEqual(options, { epochs: 9 });
  assert.throws(() => inputsOf(["--quick", "--preset", "thorough"]), /at once/);
});

for (
  const [words, expected] of [
    [["--sizes", "many"], /--sizes.*"many".*expected a whole number of examples/],
    [["--sizes", "1k,0"], /"1k,0".*expected a whole number of examples/],
    [["--sizes", "4k..1k"], /expected the smaller end of a range first/],
    [["--batch", "0"], /expected whole numbers from 1, or "full"/],
    [["--threads", "1,al"], /--threads.*expected whole numbers from 1, or "all"/],
    [["--seed", "-1"], /expected whole numbers from 0/],
    [["--engine", "mitatta"], /expected ordered, mitata or tinybench; did you mean "mitata"\?/],
    [["--activation", "gelu"], /expected some of sigmoid, tanh or relu/],
    [["--runtimes", "deno,nod"], /expected some of deno, bun or node; did you mean "node"\?/],
    [["--runtime-path", "nod=1"], /expected deno, bun or node; did you mean "node"\?/],
    [["--peers", "numpy_bach"], /did you mean "numpy_batch"\?/],
    [["--preset", "thoruogh"], /did you mean "thorough"\?/],
    [["--budget", "soon"], /--budget.*expected a time above 0/],
    [["--resolve", "2"], /--resolve.*expected a percentage above 0 and below 100/],
    [["--rate", "-1"], /expected numbers above 0/],
    [["--time-software", "maybe"], /expected yes or no/],
  ] as [string[], RegExp][]
) {
  test(`${words.join(" ")} is refused by the parser with what it expected`, () => {
    assert.throws(() => inputsOf(words), expected);
  });
}
